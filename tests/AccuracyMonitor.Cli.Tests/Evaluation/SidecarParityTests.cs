using System.Globalization;
using System.Runtime.InteropServices;
using AccuracyMonitor.Client;
using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Sequences;
using AccuracyMonitor.Evaluation.Judging;
using AccuracyMonitor.Evaluation.Judging.Estimators;
using AccuracyMonitor.Evaluation.Judging.Windows;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Runs;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.Quantized;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccuracyMonitor.Cli.Tests.Evaluation;

/// <summary>What <c>evaluate</c> judges is what the sidecar publishes: one recorded stream goes through both.</summary>
public sealed class SidecarParityTests : IDisposable
{
    private const double Objective = 0.75;
    private const double SubgroupObjective = 0.7;
    private const double Alpha = 0.05;

    // Differences in the order of additions.
    private const double Rounding = 1e-9;

    // Scores cross the wire and the store in single precision, and two fits of the same head end within their tolerance of each other.
    private const double OfFits = 1e-6;

    private static readonly TimeSpan Short = TimeSpan.FromMinutes(40);
    private static readonly TimeSpan Long = TimeSpan.FromHours(2);

    // Both windows of the stream lie well inside the long window, and only the second one inside the short window.
    private static readonly TimeSpan[] Ages = [TimeSpan.FromMinutes(70), TimeSpan.FromMinutes(20)];
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("am-parity-").FullName;

    [Theory]
    [InlineData(1.0, false)]
    [InlineData(0.7, true)]
    public async Task One_recorded_stream_gives_the_same_numbers_in_evaluate_and_in_the_sidecar(double share, bool recalibrated)
    {
        using var npz = Trace((float)share);
        var trace = TraceFile.Open(npz.Write());
        var file = Path.Combine(_folder, "monitor.onnx");
        var options = new TrainingOptions
        {
            HiddenWidths = [8],
            MaxEpochs = 3,
            Seed = RecordedStream.Seed,
            Quantization = new QuantizationOptions(),
        };
        await File.WriteAllBytesAsync(file, MonitorTrainer.Train(trace.Load(TraceFile.Reference), options, cancellationToken: Cancel).Onnx, Cancel);
        using var scorer = EnsembleScorer.Load(await File.ReadAllBytesAsync(file, Cancel), new ScorerOptions(ExecutionProvider.Cpu));
        var condition = TraceConditionReader.Read(trace, null, scorer, simulate: false, seed: 1).Single();
        condition.MonitorStandardError.ShouldBeGreaterThan(0, "else the interval of the label-free estimate would say little");
        var stream = new RecordedStream(condition, recalibrated);
        stream.Both.Chosen.Count.ShouldBeGreaterThan(UniformShareChoice.Remembered, "else what is remembered would not matter");

        using var stop = new CancellationTokenSource();
        var address = Path.Combine(_folder, "am.sock");
        var running = Task.Run(() => SidecarHost.RunAsync(Settings(address, file), stop.Token), Cancel);
        try
        {
            using var channel = MonitorChannel.Create($"unix://{address}");
            using var link = new SidecarLink($"unix://{address}", RecordedStream.Model.Model, RecordedStream.Model.Version);
            await Eventually.TrueAsync(() => AnswersAsync(link), "the sidecar starts");
            await StreamAsync(link, stream, 0);
            if (recalibrated)
            {
                await PromoteHeadAsync(new MonitorService.MonitorServiceClient(channel));
            }

            await StreamAsync(link, stream, 1);
            await CompareAsync(new EstimateService.EstimateServiceClient(channel), stream, recalibrated);
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Three classes. An answer is right as often as it says, in the stream times the share.</summary>
    private static NpzWriter Trace(float share)
    {
        const int Rows = 2 * RecordedStream.RowsPerWindow;
        var npz = new NpzWriter();
        var random = new Random(11);
        foreach (var (condition, right) in new[] { ("reference", 1f), ("stream", share) })
        {
            var (probabilities, labels) = (new float[3 * Rows], new ushort[Rows]);
            for (var i = 0; i < Rows; i++)
            {
                var (predicted, p) = (random.Next(3), 0.5f + (random.NextSingle() / 2));
                probabilities.AsSpan(3 * i, 3).Fill((1 - p) / 2);
                probabilities[(3 * i) + predicted] = p;
                labels[i] = (ushort)(random.NextSingle() < right * p ? predicted : (predicted + 1 + random.Next(2)) % 3);
            }

            npz.Add($"{condition}__probs", "<f4", $"{Rows}, 3", probabilities).Add($"{condition}__labels", "<u2", $"{Rows},", labels);
        }

        return npz;
    }

    private string[] Settings(string address, string monitor) =>
    [
        $"--Listen:Socket={address}", "--Listen:GrpcPort=-1", "--Listen:HttpPort=0", $"--Storage:Path={Path.Combine(_folder, "am.db")}",
        $"--Monitor:Artifact={monitor}", "--Scoring:ExecutionProvider=Cpu", "--Adaptation:RecalibrateEvery=0", "--Training:Mode=Off",
        string.Create(CultureInfo.InvariantCulture, $"--Sampling:Budget={(double)RecordedStream.Budget / RecordedStream.RowsPerWindow}"),
        $"--Sampling:Seed={RecordedStream.Seed}", "--Sampling:MaxRequestsPerHour=10000000",
        $"--Estimation:Windows:0={Short}", $"--Estimation:Windows:1={Long}", "--Estimation:RowsPerWindow=20000", "--Estimation:RefreshInterval=100ms",
        "--Estimation:MinSamples=1", "--Estimation:MinLabels=1", "--Estimation:LabelFloor=1",
        string.Create(CultureInfo.InvariantCulture, $"--Alarms:Objective={Objective}"),
        string.Create(CultureInfo.InvariantCulture, $"--Alarms:ObjectiveTolerance={AlarmSimulation.AccuracyTolerance}"),
        string.Create(CultureInfo.InvariantCulture, $"--Alarms:SegmentObjectives:0=*={SubgroupObjective}"),
        string.Create(CultureInfo.InvariantCulture, $"--Alarms:ClassObjectives:0=*={SubgroupObjective}"),
        "--Logging:LogLevel:Default=Error",
    ];

    private static async Task<bool> AnswersAsync(SidecarLink link)
    {
        try
        {
            await link.QueueAsync(Cancel);
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    private static async Task PromoteHeadAsync(MonitorService.MonitorServiceClient monitors)
    {
        var request = new AdaptMonitorRequest
        {
            Model = RecordedStream.Model.Model,
            Version = RecordedStream.Model.Version,
            Kind = AdaptationKind.Recalibration,
        };
        var decision = (await monitors.AdaptMonitorAsync(request, cancellationToken: Cancel)).Decision;
        decision.Promoted.ShouldBeTrue(decision.Reason);
    }

    // One prediction after another, each labelled before the next, as evaluate does it.
    private static async Task StreamAsync(SidecarLink link, RecordedStream stream, int window)
    {
        var chosen = stream.Both.Chosen.ToDictionary(c => c.Place, c => c.Inclusion);
        var first = DateTimeOffset.UtcNow - Ages[window];
        for (var place = window * RecordedStream.RowsPerWindow; place < (window + 1) * RecordedStream.RowsPerWindow; place++)
        {
            var id = $"{place + 1}";
            var age = place % RecordedStream.RowsPerWindow / (double)RecordedStream.RowsPerWindow;
            var batch = new PredictionBatch
            {
                Model = RecordedStream.Model.Model,
                Version = RecordedStream.Model.Version,
                Segment = RecordedStream.SegmentAt(place),
                ClassCount = (uint)stream.Condition.Data.ClassCount,
                Values = ByteString.CopyFrom(MemoryMarshal.AsBytes(stream.Condition.Data.Row(place))),
                Ids = { id },
                TimesUnixUs = { (first + (Duration * age)).ToUnixTimeMilliseconds() * 1000 },
            };
            var item = (await link.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: Cancel)).Items.Single();
            item.CorrectnessScore.ShouldBe((float)stream.ScoreAt(place), (float)OfFits, $"score of prediction {id}");
            item.LabelRequested.ShouldBe(chosen.ContainsKey(place), $"whether prediction {id} is chosen");
            if (!item.LabelRequested)
            {
                continue;
            }

            var lease = (await link.Labels.LeaseAsync(
                new LeaseRequest { MaxItems = 1, Model = RecordedStream.Model.Model, Annotator = "test" }, cancellationToken: Cancel)).Items.Single();
            lease.PredictionId.ShouldBe(id);
            lease.InclusionProbability.ShouldBe(chosen[place], 1e-6, $"π of prediction {id}");
            var answer = new Answer { LeaseId = lease.LeaseId, Label = (uint)stream.Condition.Data.Labels[place] };
            await link.Labels.CompleteAsync(new CompleteRequest { Answers = { answer } }, cancellationToken: Cancel);
        }
    }

    private static async Task CompareAsync(EstimateService.EstimateServiceClient estimates, RecordedStream stream, bool recalibrated)
    {
        var audited = Judged(stream, Audited.Estimate);
        var list = new ListEstimatesRequest { Model = RecordedStream.Model.Model, Version = RecordedStream.Model.Version, PredictedClasses = true };
        ListEstimatesResponse published = new();
        await Eventually.TrueAsync(
            async () =>
            {
                published = await estimates.ListEstimatesAsync(list, cancellationToken: Cancel);
                return audited.All(a => published.Estimates.Any(e => IsWhole(e, a.Window) && Near(e, a.Outcome)))
                    && published.Estimates.Where(e => e.PredictedClass.Length > 0 && Is(e, Long)).Sum(e => (int)e.Labels) == stream.Both.Chosen.Count;
            },
            "the estimates of the whole stream are published");

        foreach (var (length, window) in Windows(stream))
        {
            var estimate = published.Estimates.Single(e => IsWhole(e, length));
            var judged = new JudgedWindow(stream.Condition, window, [], 0, Alpha);
            SameCounts(estimate, window.FromSums(Alpha), $"{length}");
            Same(estimate, V1.EstimateKind.LabelFree, Outcome.Of(window.FromSums(Alpha).LabelFree, 0), $"{length}");
            Same(estimate, V1.EstimateKind.Labelled, Outcome.Of(window.FromSums(Alpha).Labelled, 0), $"{length}");
            Same(estimate, V1.EstimateKind.Audited, Audited.Estimate(judged)!.Value, $"{length}");
            Same(estimate, V1.EstimateKind.Combined, Combined.Estimate(judged)!.Value, $"{length}");
            SameMonitorRow(estimate, judged, recalibrated);
            SameAlarms(estimate, stream, recalibrated);
        }

        SameSubgroups(published, stream);
        SameRunning(published, stream);
    }

    private static (TimeSpan Length, SimulatedWindow Window)[] Windows(RecordedStream stream) => [(Short, stream.Second), (Long, stream.Both)];

    private static (TimeSpan Window, Outcome Outcome)[] Judged(RecordedStream stream, Func<JudgedWindow, Outcome?> method) =>
        [.. Windows(stream).Select(w => (w.Length, method(new JudgedWindow(stream.Condition, w.Window, [], 0, Alpha))!.Value))];

    // The rows "monitor" and "monitor-recalibrated" of evaluate. A window whose monitor got its head in the middle has no such row.
    private static void SameMonitorRow(V1.WindowEstimate estimate, JudgedWindow judged, bool recalibrated)
    {
        if (!recalibrated)
        {
            Same(estimate, V1.EstimateKind.LabelFree, MonitorMean.Estimate(judged)!.Value, "monitor");
        }
        else if (judged.Window.Count == RecordedStream.RowsPerWindow)
        {
            Same(estimate, V1.EstimateKind.LabelFree, RecalibratedMonitor.Estimate(judged)!.Value, "monitor-recalibrated");
        }
    }

    private static void SameAlarms(V1.WindowEstimate estimate, RecordedStream stream, bool recalibrated)
    {
        var (accuracy, validity) = (AlarmSimulation.NewAccuracy(Objective), AlarmSimulation.NewValidity());
        foreach (var label in stream.Labels(_ => true))
        {
            accuracy.Observe(label);
        }

        // A promotion starts a new test of the monitor.
        foreach (var label in stream.Labels(place => !recalibrated || place >= RecordedStream.RowsPerWindow))
        {
            validity.Observe(label);
        }

        Same(estimate.AccuracyAlarm, accuracy.Verdict, "accuracy alarm");
        Same(estimate.ValidityAlarm, validity.Verdict, "validity alarm");
    }

    private static void SameSubgroups(ListEstimatesResponse published, RecordedStream stream)
    {
        List<(string Name, Func<V1.WindowEstimate, bool> Is, Func<int, bool> Holds)> subgroups =
        [
            ("segment eu", e => e.Segment is "eu" && e.PredictedClass.Length == 0, place => RecordedStream.SegmentAt(place) is "eu"),
            .. Enumerable.Range(0, 3).Select(c => (
                $"class {c}",
                (Func<V1.WindowEstimate, bool>)(e => string.Equals(e.PredictedClass, $"{c}", StringComparison.Ordinal)),
                (Func<int, bool>)(place => stream.PredictedClassAt(place) == c))),
        ];
        foreach (var (name, isOf, holds) in subgroups)
        {
            var alarm = new SubgroupAlarm(SubgroupObjective, AlarmSimulation.LeastInclusionRatio);
            foreach (var label in stream.Labels(holds))
            {
                alarm.Observe(label);
            }

            foreach (var (length, from) in new[] { (Short, RecordedStream.RowsPerWindow), (Long, 0) })
            {
                var estimate = published.Estimates.Single(e => isOf(e) && Is(e, length));
                var options = new EstimatorOptions
                {
                    Alpha = Alpha,
                    MinSamples = 1,
                    MinLabels = 1,
                    LabelFreeReferenceStandardError = stream.Second.Monitor.MeanScoreStandardError,
                };
                var expected = WindowEstimator.Estimate([stream.Sums(place => place >= from && holds(place))], monitorValid: true, options);
                SameCounts(estimate, expected, $"{name}, {length}");
                Same(estimate, V1.EstimateKind.LabelFree, Outcome.Of(expected.LabelFree, 0), $"{name}, {length}");
                Same(estimate, V1.EstimateKind.Labelled, Outcome.Of(expected.Labelled, 0), $"{name}, {length}");
                Same(estimate, V1.EstimateKind.Audited, Outcome.Of(expected.Audited, 0), $"{name}, {length}");
                estimate.AccuracyAlarm.LogEvidence.ShouldBe(alarm.LogEvidence, OfFits, name);
            }
        }
    }

    private static void SameRunning(ListEstimatesResponse published, RecordedStream stream)
    {
        var (labels, right) = stream.UniformLabels();
        var expected = BetaBinomialSequence.Bounds(right, labels, Alpha);
        var running = published.Running.Single(r => r.Sequence == SequenceKind.BetaBinomial);
        running.Labels.ShouldBe((ulong)labels);
        (running.Value, running.Lower, running.Upper).ShouldBe((expected.Value, expected.Lower, expected.Upper));
    }

    private static bool Is(V1.WindowEstimate estimate, TimeSpan window) => estimate.Window.ToTimeSpan() == window;

    private static bool IsWhole(V1.WindowEstimate estimate, TimeSpan window) =>
        Is(estimate, window) && estimate.Segment.Length == 0 && estimate.PredictedClass.Length == 0;

    private static bool Near(V1.WindowEstimate estimate, Outcome audited) => Math.Abs(Of(estimate, V1.EstimateKind.Audited).Value - audited.Value) < OfFits;

    private static Estimate Of(V1.WindowEstimate window, V1.EstimateKind kind) => window.Estimates.Single(e => e.Kind == kind);

    private static void SameCounts(V1.WindowEstimate published, Core.Estimation.WindowEstimate judged, string what)
    {
        published.Predictions.ShouldBe((ulong)judged.Predictions, what);
        published.Labels.ShouldBe((ulong)judged.Labels, what);
        published.Unanswered.ShouldBe((ulong)judged.Unanswered, what);
        published.PendingLabels.ShouldBe(0UL, what);
        published.MeanConfidence.ShouldBe(judged.MeanConfidence, Rounding, what);
    }

    private static void Same(V1.WindowEstimate published, V1.EstimateKind kind, Outcome judged, string window)
    {
        var (estimate, what) = (Of(published, kind), $"{kind} of {window}");
        estimate.State.ShouldBe(V1.EstimateState.Ok, what);
        estimate.Value.ShouldBe(judged.Value, OfFits, what);
        estimate.Lower.ShouldBe(judged.Bounds!.Value.Lower, OfFits, what);
        estimate.Upper.ShouldBe(judged.Bounds!.Value.Upper, OfFits, what);
    }

    private static void Same(AlarmState published, AlarmVerdict judged, string what)
    {
        published.Firing.ShouldBe(judged.Firing, what);
        published.Labels.ShouldBe((ulong)judged.Labels, what);
        published.LogEvidence.ShouldBe(judged.LogEvidence, 1e-4, what);
        published.LogThreshold.ShouldBe(judged.LogThreshold, Rounding, what);
    }
}
