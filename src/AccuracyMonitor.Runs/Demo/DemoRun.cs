using System.Diagnostics;

namespace AccuracyMonitor.Runs.Demo;

/// <summary>The demo from set-up to summary.</summary>
/// <param name="options">How it runs.</param>
/// <param name="sidecarCommand">Starts a sidecar that ends when its standard input closes; settings are appended.</param>
/// <param name="display">Where it is shown.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoRun(DemoOptions options, string[] sidecarCommand, IRunDisplay display, TimeProvider time)
{
    // A person who labels finds some at any time; those that nobody takes run out after a minute.
    private const int LeftToPeople = 20;

    private readonly IReadOnlyList<DemoCondition> _story = DemoCondition.Story;
    private readonly TruthLedger _truth = new();
    private volatile DemoCondition _condition = DemoCondition.Story[0];

    /// <exception cref="DemoException">A process died or can't be started; the message says why.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left running.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        Directory.CreateDirectory(options.OutputFolder);
        var setup = await DemoSetup.PrepareAsync(options, _story, display, cancel);
        await using var processes = await DemoProcesses.StartAsync(options, sidecarCommand, setup.MonitorPath, cancel);
        display.Say($"Sidecar: process {processes.Sidecar.Id}, {processes.SidecarAddress}, {processes.SidecarHttp}/metrics");
        display.Say($"Serving application: process {processes.Application.Id}, {processes.ApplicationHttp}");

        using var sidecar = new SidecarLink(processes.SidecarAddress, DemoProcesses.Model, DemoProcesses.Version);
        using var call = new PredictCall(new HttpClient { BaseAddress = new Uri(processes.ApplicationHttp) });
        var probe = new RankingProbe(sidecar.Predictions, time);
        var annotator = new SimulatedAnnotator(sidecar.Labels, new DemoAnswers(image => setup.Clean.Labels[image], options), time);
        var recorder = new RunRecorder(sidecar, _truth, options.Window, time);
        using var driver = new StreamDriver(new ImageStream(setup.Clean, r => setup.Attacked[r], options.Seed), call, _truth, probe, time);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var began = time.GetUtcNow();
        Task[] helpers = [annotator.RunAsync(stop.Token), probe.RunAsync(stop.Token)];
        try
        {
            var recording = recorder.RunAsync(began, () => Moment(annotator), stop.Token);
            var running = GuardAsync(processes, [.. helpers, recording], TellAsync(driver, stop.Token), cancel);
            await display.ShowAsync(() => View(began, recorder, annotator), running, cancel);
            await running;
            Finish(processes, recorder, probe, watch);
            if (options.Serve)
            {
                annotator.LeftToOthers = LeftToPeople;
                var people = new PeopleLabels(sidecar.Labels, new DemoAnswers(image => setup.Clean.Labels[image], options), display.Say, time);
                await ServeAsync(processes, [.. helpers, people.RunAsync(stop.Token)], driver, stop.Token);
            }
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private async Task TellAsync(StreamDriver driver, CancellationToken cancel)
    {
        foreach (var condition in _story)
        {
            _condition = condition;
            await driver.RunAsync(condition, TimeSpan.FromSeconds(options.SecondsPerCondition), options.Rate, cancel);
        }
    }

    private void Finish(DemoProcesses processes, RunRecorder recorder, RankingProbe probe, Stopwatch watch)
    {
        var points = recorder.Points.Where(p => p.IsFull).ToArray();
        if (points.Length < 2)
        {
            throw new DemoException($"The run was too short for a window of {options.Window.TotalSeconds:F0} s; raise --seconds.");
        }

        var summary = new RunSummary
        {
            Windows = points.Length,
            Confidence = NumberSummary.Of(points, p => p.Truth, p => p.Confidence),
            LabelFree = NumberSummary.Of(points, p => p.Truth, p => p.LabelFree.Value),
            Audited = NumberSummary.Of(points, p => p.AnsweredTruth, p => p.Audited.Value),
            Combined = NumberSummary.Of(points, p => p.AnsweredTruth, p => p.Combined.Value),
            Interval = IntervalSummary.Of(points, p => p.AnsweredTruth, p => p.Audited),
            CombinedInterval = IntervalSummary.Of(points, p => p.AnsweredTruth, p => p.Combined),
            Conditions =
            [
                .. _story.Select(c => RunSummary.OfCondition(c, [.. recorder.Points.Where(p => p.Condition == c.Name)], options.Window, probe.Of(c))),
            ],
            Predictions = _truth.Total.Count,
            LabelRequests = Requests(recorder),
            SidecarPeakMemory = processes.Sidecar.PeakMemory(),
            WallTime = watch.Elapsed,
            MonitorChanges = RunView.CountChanges(points),
        };
        display.ShowSummary(SummaryTables.Of(summary));
        var plot = Path.GetFullPath(Path.Combine(options.OutputFolder, "run.png"));
        var json = Path.GetFullPath(Path.Combine(options.OutputFolder, "run.json"));
        RunPlot.Write(plot, recorder.Points, DemoProcesses.Objective);
        RunJson.Write(json, options, summary, recorder.Points);
        display.Say($"Plot: {plot}");
        display.Say($"Numbers: {json}");
    }

    private async Task ServeAsync(DemoProcesses processes, Task[] helpers, StreamDriver driver, CancellationToken cancel)
    {
        display.Say("The stream goes on, through the same conditions again and again. Look at:");
        display.Say($"  {processes.SidecarHttp}/             accuracy, in a browser");
        display.Say($"  {processes.SidecarHttp}/label        label beside the simulated annotator, in a browser");
        display.Say($"  {processes.SidecarHttp}/metrics      Prometheus metrics");
        display.Say($"  {processes.SidecarHttp}/estimates    the latest estimates as JSON");
        display.Say($"  {processes.SidecarGrpc}              gRPC, with reflection");
        display.Say($"  {processes.ApplicationHttp}/health   the serving application");
        display.Say("Ctrl+C ends it.");
        await GuardAsync(processes, helpers, RepeatAsync(), cancel);

        async Task RepeatAsync()
        {
            while (true)
            {
                await TellAsync(driver, cancel);
            }
        }
    }

    /// <summary>Waits for the work, and fails when a process or a helper ends before it.</summary>
    private static async Task GuardAsync(DemoProcesses processes, IEnumerable<Task> helpers, Task work, CancellationToken cancel)
    {
        var died = processes.DiedAsync();
        var first = await Task.WhenAny([work, died, .. helpers]);
        if (first != work || work.IsFaulted)
        {
            // A call that fails because its process died is the consequence; the process's last words are the cause. And the cause of that may
            // be Ctrl+C, which reaches the processes as soon as this one.
            await Task.Delay(TimeSpan.FromSeconds(0.5), cancel);
            if (died.IsCompleted)
            {
                throw await died;
            }
        }

        await first;
    }

    private RunMoment Moment(SimulatedAnnotator annotator)
    {
        var condition = _condition;
        return new RunMoment(condition.Name, IndexOf(condition), _truth.Total.Count, annotator.Counts.Answered);
    }

    private int IndexOf(DemoCondition condition) => Enumerable.Range(0, _story.Count).First(i => _story[i] == condition);

    private RunView View(DateTimeOffset began, RunRecorder recorder, SimulatedAnnotator annotator) => new()
    {
        Elapsed = time.GetUtcNow() - began,
        Total = TimeSpan.FromSeconds(options.SecondsPerCondition * _story.Count),
        Subject = "images",
        Story = [.. _story.Select(r => r.Name)],
        ConditionIndex = IndexOf(_condition),
        Detail = _condition.Detail,
        Points = recorder.Points,
        Predictions = _truth.Total.Count,
        Requests = Requests(recorder),
        Pending = recorder.Queue.Waiting + recorder.Queue.Leased,
        Annotator = annotator.Counts,
    };

    private static long Requests(RunRecorder recorder)
    {
        var queue = recorder.Queue;
        return (long)(queue.Waiting + queue.Leased + queue.Answered + queue.Skipped + queue.Expired);
    }
}
