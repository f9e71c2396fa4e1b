using System.CommandLine;
using System.Diagnostics;
using AccuracyMonitor.V1;
using MathNet.Numerics.Statistics;
using Spectre.Console;

namespace AccuracyMonitor.Benchmarks;

/// <summary><c>benchmarks start</c>: time from process start to the first answer, CPU use when idle, and size on disk.</summary>
internal static class StartBench
{
    private const int Classes = 10;
    private const int Batch = 256;

    public static Command Create()
    {
        var runs = BoundedOption.Create("--runs", "Starts of each program.", 10, 1, 1000);
        var seconds =
            BoundedOption.Create("--seconds", "Time under full load after a start, once for each program, after as long to warm up; 0: none.", 5.0, 0, 600);
        var programs = new Option<FileInfo[]>("--program")
        {
            Description = "Published sidecars to start, in turns. [default: this program's serve]",
            AllowMultipleArgumentsPerToken = true,
        }.AcceptExistingOnly();
        var command = new Command(
            "start",
            """
            Time from the start of the sidecar's process (new database, an ensemble of 20) to health SERVING and to the first scored prediction's
            answer, the memory resident then, predictions a second through Observe once it is warm (K = 10, batch 256), and the size of its folder.

              dotnet publish -c Release src/AccuracyMonitor.Sidecar -o artifacts/sidecar
              benchmarks start --program artifacts/sidecar/AccuracyMonitor.Sidecar
            """) { runs, seconds, programs };
        command.SetAction((parsed, cancel) =>
        {
            FileInfo?[] given = parsed.GetValue(programs) ?? [];
            return RunAsync(given.Length > 0 ? given : [null], parsed.GetValue(runs), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancel);
        });
        return command;
    }

    private static async Task RunAsync(FileInfo?[] programs, int runs, TimeSpan loaded, CancellationToken cancel)
    {
        var starts = programs.Select(_ => new List<Started>()).ToArray();
        for (var i = 0; i < runs; i++)
        {
            for (var p = 0; p < programs.Length; p++)
            {
                starts[p].Add(await StartAsync(programs[p], cancel));
            }
        }

        var table = new Table().AddColumns("program", "SERVING, ms", "first scored answer, ms", "resident then, MB", "Observe", "files", "MB", "the largest");
        for (var p = 0; p < programs.Length; p++)
        {
            var rate = loaded > TimeSpan.Zero ? $"{await RateAsync(programs[p], loaded, cancel):N0}/s" : "";
            var files = new DirectoryInfo(programs[p]?.DirectoryName ?? AppContext.BaseDirectory).GetFiles("*", SearchOption.AllDirectories);
            table.AddRow(
                programs[p]?.Directory?.Name ?? "serve",
                Range(starts[p].Select(s => s.Serving.TotalMilliseconds)),
                Range(starts[p].Select(s => s.Scored.TotalMilliseconds)),
                Range(starts[p].Select(s => s.Resident / 1e6)),
                rate,
                $"{files.Length}",
                $"{files.Sum(Bytes) / 1e6:0.0}",
                string.Join(", ", files.OrderByDescending(Bytes).Take(2).Select(f => $"{f.Name} {Bytes(f) / 1e6:0.0}")));
        }

        AnsiConsole.MarkupLineInterpolated($"[grey]{runs} starts each: median (least to most)[/]");
        CommandConsole.Standard.Write(table);
    }

    private static async Task<Started> StartAsync(FileInfo? program, CancellationToken cancel)
    {
        await using var sidecar = BenchSidecar.Start(program, Classes);
        await sidecar.ServingAsync(cancel);
        var serving = Stopwatch.GetElapsedTime(sidecar.Started);
        using var call = new PredictionService.PredictionServiceClient(sidecar.Channel).Observe(cancellationToken: cancel);
        await call.RequestStream.WriteAsync(BenchSidecar.Message(0, BenchLoad.Softmax(Classes, 1, seed: 1), Classes), cancel);
        if (!await call.ResponseStream.MoveNext(cancel))
        {
            throw new InvalidOperationException("The sidecar closed the stream without an answer.");
        }

        return new Started(serving, Stopwatch.GetElapsedTime(sidecar.Started), sidecar.Resident.Now);
    }

    private static async Task<double> RateAsync(FileInfo? program, TimeSpan duration, CancellationToken cancel)
    {
        await using var sidecar = BenchSidecar.Start(program, Classes);
        await sidecar.ServingAsync(cancel);
        var client = new PredictionService.PredictionServiceClient(sidecar.Channel);
        var load = new BenchLoad(Classes, Batch);
        await load.RunAsync(client.Observe(cancellationToken: cancel), duration);
        return await load.RunAsync(client.Observe(cancellationToken: cancel), duration);
    }

    // libtorch may be present as a link.
    private static long Bytes(FileInfo file) => ((file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo) ?? file).Length;

    private static string Range(IEnumerable<double> values)
    {
        var all = values.ToArray();
        return $"{all.Median():0} ({all.Min():0} to {all.Max():0})";
    }

    private sealed record Started(TimeSpan Serving, TimeSpan Scored, long Resident);
}
