using System.CommandLine;
using System.Diagnostics;
using AccuracyMonitor.V1;
using Grpc.Core;

namespace AccuracyMonitor.Benchmarks;

/// <summary><c>benchmarks soak</c>: the resident memory of a sidecar under a steady load.</summary>
internal static class SoakBench
{
    private const int Batch = 100;
    private const int InFlight = 8;
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var minutes = BoundedOption.Create("--minutes", "How long.", 10.0, 0.1, 100_000);
        var rate = BoundedOption.Create("--rate", "Predictions a second.", 10_000, 100, 1_000_000);
        var classes = BoundedOption.Create("--classes", "Class count K.", 10, 2, 10_000);
        var program = BenchSidecar.ProgramOption();
        var command = new Command(
            "soak",
            """
            Starts a sidecar without training as a process of its own, sends it predictions at a steady rate, and prints its resident memory: a
            line every 30 s, then what it was after a minute of warm-up (or a fifth of the time), at the end, and at most.

              benchmarks soak --minutes 10
            """) { minutes, rate, classes, program };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetValue(program), TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(rate), parsed.GetValue(classes),
            parsed.InvocationConfiguration.Output, cancel));
        return command;
    }

    private static async Task RunAsync(FileInfo? program, TimeSpan duration, int rate, int classes, TextWriter output, CancellationToken cancel)
    {
        await using var sidecar = BenchSidecar.Start(program, classes);
        await sidecar.ServingAsync(cancel);
        var values = Enumerable.Range(0, 16).Select(i => BenchLoad.Softmax(classes, Batch, i)).ToArray();
        using var call = new PredictionService.PredictionServiceClient(sidecar.Channel).Observe(cancellationToken: cancel);
        using var free = new SemaphoreSlim(InFlight, InFlight);
        var answered = 0L;
        var reading = Task.Run(
            async () =>
            {
                await foreach (var _ in call.ResponseStream.ReadAllAsync(cancel))
                {
                    Interlocked.Add(ref answered, Batch);
                    free.Release();
                }
            },
            cancel);

        var warm = WarmUp < duration / 5 ? WarmUp : duration / 5;
        var (afterWarmUp, nextLine, sequence) = (0L, LineEvery, 0UL);
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < duration)
        {
            for (var due = (ulong)(watch.Elapsed.TotalSeconds * rate / Batch); sequence < due; sequence++)
            {
                await free.WaitAsync(cancel);
                await call.RequestStream.WriteAsync(BenchSidecar.Message(sequence, values[sequence % 16], classes), cancel);
            }

            if (afterWarmUp == 0 && watch.Elapsed >= warm)
            {
                afterWarmUp = sidecar.Resident.Now;
            }

            if (watch.Elapsed >= nextLine)
            {
                var (now, most) = sidecar.Resident;
                await output.WriteLineAsync(
                    $"{nextLine:hh\\:mm\\:ss}  {Interlocked.Read(ref answered),12:N0} answered  resident {Megabytes(now)} MB, at most {Megabytes(most)} MB");
                nextLine += LineEvery;
            }

            await Task.Delay(5, cancel);
        }

        await call.RequestStream.CompleteAsync();
        await reading;
        var seconds = watch.Elapsed.TotalSeconds;
        var end = sidecar.Resident;
        await output.WriteLineAsync(
            $"K = {classes}: {answered:N0} answered in {seconds:0} s, {answered / seconds:N0} a second. Resident after {warm.TotalSeconds:0} s "
                + $"{Megabytes(afterWarmUp)} MB, "
            + $"at the end {Megabytes(end.Now)} MB (growth {Megabytes(end.Now - afterWarmUp)} MB), at most {Megabytes(end.Most)} MB.");
    }

    private static string Megabytes(long bytes) => $"{bytes / 1e6:0.0}";
}
