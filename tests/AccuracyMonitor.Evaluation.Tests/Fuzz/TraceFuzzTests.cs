using System.Text;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Tests.Fuzz;
using AccuracyMonitor.Tests.Traces;

namespace AccuracyMonitor.Evaluation.Tests.Fuzz;

/// <summary>Trace files, which the command line reads.</summary>
public sealed class TraceFuzzTests
{
    private static readonly string[] Csv =
    [
        "condition,p0,p1,label\nreference,0.25,0.75,1\nshift,0.5,0.5,0\n",
        "condition,id,p0,p1,p2,label\nreference,\"a,\"\"b\",0.2,0.3,0.5,2\nreference,b,0.1,0.1,0.8,\n",
        "time;cat;dog;label\n1760000000;0,25;0,75;dog\n1760000060;0,5;0,5;cat\n",
    ];

    private static readonly string[] JsonLines =
    [
        "{\"condition\":\"reference\",\"probabilities\":[0.25,0.75],\"label\":1}\n{\"condition\":\"shift\",\"probabilities\":[0.5,0.5],\"label\":0}\n",
        "{\"id\":\"a\",\"time\":\"2026-03-01T12:00:00Z\",\"probabilities\":[0.25,0.75]}\n{\"id\":\"a\",\"label\":0}\n",
        "[{\"id\":\"\\udce9\",\"top\":[{\"class\":1,\"p\":0.7}],\"classes\":3,\"label\":1.0},{\"top\":[{\"class\":0,\"p\":0.9}],\"classes\":3}]",
    ];

    [Fact]
    public void Text() => Run(".csv", Csv.Select(Encoding.UTF8.GetBytes), 500);

    [Fact]
    public void JSON_lines() => Run(".jsonl", JsonLines.Select(Encoding.UTF8.GetBytes), 500);

    [Fact]
    public void Npz()
    {
        using var writer = new NpzWriter();
        writer.Add<float>("reference__probs", "<f4", "2, 2", 0.25f, 0.75f, 0.5f, 0.5f).Add<long>("reference__labels", "<i8", "2,", 1, 0);
        Run(".npz", [File.ReadAllBytes(writer.Write())], 500);
    }

    [Fact]
    public void Parquet()
    {
        var bytes = new ParquetBytes().Column("p0", 0.25f, 0.5f).Column("p1", 0.75f, 0.5f).Column("label", 1L, 0L).Text("condition", "reference", "shift")
            .Write();
        var lists = new ParquetBytes().Column("label", 1, 0).List("probs", [0.5f, 0.5f], [0.25f, 0.75f]).Binary("image", [1, 2], []).TextPairs("words", 2)
            .Write();
        Run(".parquet", [bytes, lists], 250);
    }

    private static void Run(string extension, IEnumerable<byte[]> corpus, int normal) =>
        FuzzRun.Run<TraceFileException>([.. corpus], normal, bytes =>
        {
            using var file = new TemporaryTrace(extension, bytes);

            // Every other input may leave rows out, and goes on behind them.
            var trace = TraceFile.Open(file.Path, new TraceOptions { MaxErrors = bytes.Length % 2 == 0 ? 0 : 3 });
            foreach (var condition in trace.Conditions)
            {
                trace.Load(condition);
            }
        });
}
