using System.CommandLine;
using System.Diagnostics;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Bench;

/// <summary><c>accuracy-monitor bench start</c>: from the start of the process to an answer, and what is on the disk.</summary>
internal static class StartBench
{
    private const int Classes = 10;

    public static Command Create()
    {
        var runs = BoundedOption.Create("--runs", "Starts.", 10, 1, 1000);
        var program = BenchSidecar.ProgramOption();
        var command = new Command(
            "start",
            """
            Time from the start of the sidecar's process (new database, an ensemble of 20) to health SERVING and to the first scored prediction's
            answer, and the size of its folder.

              accuracy-monitor bench start --program artifacts/sidecar/AccuracyMonitor.Sidecar
            """) { runs, program };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(program), parsed.GetValue(runs), parsed.InvocationConfiguration.Output, cancel));
        return command;
    }

    private static async Task RunAsync(FileInfo? program, int runs, TextWriter output, CancellationToken cancel)
    {
        List<double> serving = [];
        List<double> scored = [];
        List<double> resident = [];
        for (var i = 0; i < runs; i++)
        {
            await using var sidecar = BenchSidecar.Start(program, Classes);
            await sidecar.ServingAsync(cancel);
            serving.Add(Stopwatch.GetElapsedTime(sidecar.Started).TotalMilliseconds);
            using var call = new PredictionService.PredictionServiceClient(sidecar.Channel).Observe(cancellationToken: cancel);
            await call.RequestStream.WriteAsync(BenchSidecar.Message(0, BenchLoad.Softmax(Classes, 1, seed: 1), Classes), cancel);
            if (!await call.ResponseStream.MoveNext(cancel))
            {
                throw new InvalidOperationException("The sidecar closed the stream without an answer.");
            }

            scored.Add(Stopwatch.GetElapsedTime(sidecar.Started).TotalMilliseconds);
            resident.Add(sidecar.Resident.Now / 1e6);
        }

        await output.WriteLineAsync($"{runs} starts, median (least to most):");
        await output.WriteLineAsync($"  health SERVING         {Range(serving)} ms");
        await output.WriteLineAsync($"  first scored answer    {Range(scored)} ms");
        await output.WriteLineAsync($"  resident then          {Range(resident)} MB");
        var files = new DirectoryInfo(program?.DirectoryName ?? AppContext.BaseDirectory).GetFiles("*", SearchOption.AllDirectories);
        await output.WriteLineAsync($"  {files.Length} files, {files.Sum(Bytes) / 1e6:0.0} MB; the largest: "
            + string.Join(", ", files.OrderByDescending(Bytes).Take(5).Select(f => $"{f.Name} {Bytes(f) / 1e6:0.0}")));
    }

    // libtorch may lie there as a link.
    private static long Bytes(FileInfo file) => ((file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo) ?? file).Length;

    private static string Range(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return $"{sorted[sorted.Length / 2],6:0} ({sorted[0]:0} to {sorted[^1]:0})";
    }
}
