using AccuracyMonitor.Client;
using Grpc.Core;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>Streams a source through a sidecar, and compares what the sidecar publishes with the truth.</summary>
/// <param name="source">What is replayed.</param>
/// <param name="options">How.</param>
/// <param name="link">The sidecar.</param>
/// <param name="address">Of the same.</param>
/// <param name="display">Where it is shown.</param>
/// <param name="time">The clock: also the predictions' times.</param>
internal sealed class ReplayRun(IReplaySource source, ReplayOptions options, SidecarLink link, string address, IRunDisplay display, TimeProvider time)
{
    private static readonly TimeSpan ReachTimeout = TimeSpan.FromSeconds(10);

    // After the last label: the annotator's next look, and the recorder's.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private readonly TruthLedger _truth = new();

    /// <returns>The summary and every window seen; when cancelled, of what there was until then.</returns>
    /// <exception cref="SidecarException">The sidecar does not answer, or has no such window.</exception>
    public async Task<(ReplaySummary Summary, IReadOnlyList<RunPoint> Points)> RunAsync(CancellationToken cancel)
    {
        await ReachAsync(cancel);
        await using var client = MonitorClient.Connect(new MonitorClientOptions
        {
            Address = address,
            Model = link.Model,
            Version = link.Version,
            ClassCount = source.ClassCount,
            QueueCapacity = ReplayDriver.QueueCapacity,
        });
        var annotator = new SimulatedAnnotator(link.Labels, new ReplayAnswers(source, link, options), time);
        var recorder = new RunRecorder(link, _truth, options.Window, time);
        var driver = new ReplayDriver(client, source, _truth, annotator, options, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var began = time.GetUtcNow();
        var complete = false;
        try
        {
            var working = annotator.RunAsync(stop.Token);
            var recording = recorder.RunAsync(began, Moment, stop.Token);
            var running = FirstAsync(StreamAsync(driver, began, stop.Token), working, recording);
            await display.ShowAsync(() => View(began, driver, recorder, annotator), running, cancel);
            await running;
            await stop.CancelAsync();

            // What the last labels brought about may have been too late for the last second's look.
            await recorder.ReadAsync(began, Moment(), cancel);
            complete = true;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            display.Say("Stopped; the summary is of what there was until now.");
        }
        finally
        {
            await stop.CancelAsync();
        }

        return (Summarise(complete, time.GetUtcNow() - began, client.Counters, driver, recorder, annotator), recorder.Points);

        RunMoment Moment() => new(source.Conditions[driver.ConditionIndex].Name, driver.ConditionIndex, driver.Sent, annotator.Counts.Answered);
    }

    /// <summary>Ends when the first of them does, with its failure if it has one.</summary>
    private static async Task FirstAsync(params Task[] tasks) => await await Task.WhenAny(tasks);

    private async Task StreamAsync(ReplayDriver driver, DateTimeOffset began, CancellationToken cancel)
    {
        await driver.RunAsync(began, cancel);
        await Task.Delay(options.LabelDelay + Settling, time, cancel);
    }

    private async Task ReachAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(ReachTimeout);
        try
        {
            await link.QueueAsync(limit.Token);
            await link.EstimateAsync(options.Window, limit.Token);
        }
        catch (RpcException e) when (!limit.IsCancellationRequested)
        {
            throw SidecarException.Of(address, e);
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            throw new SidecarException($"The sidecar at {address} cannot be reached: no answer within {ReachTimeout.TotalSeconds:F0} s.", inner: e);
        }
    }

    private ReplaySummary Summarise(
        bool complete, TimeSpan elapsed, ClientCounters counters, ReplayDriver driver, RunRecorder recorder, SimulatedAnnotator annotator)
    {
        var points = recorder.Points;
        return new ReplaySummary
        {
            Complete = complete,
            Seconds = elapsed.TotalSeconds,
            Conditions =
            [
                .. driver.Starts.Select((_, index) =>
                    ReplayConditionSummary.Of(index, source.Conditions[index].Name, [.. points.Where(p => p.ConditionIndex == index)])),
            ],
            AllConditions = ReplayConditionSummary.Of(-1, "all", points),
            Alarms = AlarmEvent.Of(points, driver.Starts),
            Predictions = driver.Sent,
            Accepted = counters.Accepted,
            Drops = new ReplayDrops(counters.DroppedFull, counters.DroppedDisconnected, counters.DroppedRefused, counters.Rejected),
            LabelsRequested = Requests(recorder),
            LabelsAnswered = annotator.Counts.Answered,
            MonitorChanges = RunView.CountChanges(points),
            WithoutTruth = driver.Sent - counters.DroppedFull - _truth.Total.Count,
        };
    }

    private RunView View(DateTimeOffset began, ReplayDriver driver, RunRecorder recorder, SimulatedAnnotator annotator)
    {
        var elapsed = time.GetUtcNow() - began;
        var condition = source.Conditions[driver.ConditionIndex];
        return new RunView
        {
            Elapsed = elapsed,
            Total = Expected() is { } expected && expected > elapsed ? expected : elapsed,
            Subject = "condition",
            Story = [.. source.Conditions.Select(p => p.Name)],
            ConditionIndex = driver.ConditionIndex,
            Detail = $"{condition.Count:N0} predictions",
            Points = recorder.Points,
            Predictions = driver.Sent,
            Requests = Requests(recorder),
            Pending = recorder.Queue.Waiting + recorder.Queue.Leased,
            Annotator = annotator.Counts,
        };
    }

    private TimeSpan? Expected()
    {
        var stream = options.Speed is { } speed && source.Span is { } span ? span / speed
            : options.Rate > 0 ? TimeSpan.FromSeconds(source.Conditions.Sum(p => (double)p.Count) / options.Rate)
            : (TimeSpan?)null;
        return stream + options.LabelDelay + Settling;
    }

    private static long Requests(RunRecorder recorder)
    {
        var queue = recorder.Queue;
        return (long)(queue.Waiting + queue.Leased + queue.Answered + queue.Skipped + queue.Expired);
    }
}
