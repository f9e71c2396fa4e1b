using System.Text;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Runs.Labels;
using AccuracyMonitor.Tests.Fuzz;

namespace AccuracyMonitor.Runs.Tests.Fuzz;

/// <summary>Files of labels, which <c>labels import</c> reads.</summary>
public sealed class LabelFileFuzzTests
{
    private static readonly string[] Csv =
    [
        "id,model,version,label\na,m,1,2\nb,m,1,boot\nc,m,1,\na,m,1,2.0\n",
        "prediction_id;model;version;label;predicted_class\n\"'=a;\"\"b\";m;1;0;1\n",
    ];

    private static readonly string[] JsonLines =
    [
        "{\"id\":\"a\",\"model\":\"m\",\"version\":\"1\",\"label\":2}\n{\"id\":\"b\",\"model\":\"m\",\"version\":\"1\",\"label\":\"boot\"}\n",
        "[{\"id\":\"\\udce9\",\"model\":\"m\",\"version\":\"1\",\"label\":null},{\"id\":7,\"model\":\"m\",\"version\":\"1\",\"label\":1.0}]",
    ];

    [Fact]
    public void Delimited_text() => Run(".csv", Csv.Select(Encoding.UTF8.GetBytes), 500);

    [Fact]
    public void JSON_lines() => Run(".jsonl", JsonLines.Select(Encoding.UTF8.GetBytes), 500);

    [Fact]
    public void Parquet() => Run(
        ".parquet",
        [
            new ParquetBytes().Column("label", 1L, 0L).Text("id", "a", "b").Text("model", "m", "m").Text("version", "1", "1").Write(),
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Labels", "Written", "duckdb.parquet")),
        ],
        250);

    private static void Run(string extension, IEnumerable<byte[]> corpus, int normal) => FuzzRun.Run<TraceFileException>([.. corpus], normal, bytes =>
    {
        using var file = new TemporaryTrace(extension, bytes);
        LabelFileReader.Read(file.Path, new LabelFileOptions { Classes = new ClassScheme(1_000_000, null, 0, null) });
    });
}
