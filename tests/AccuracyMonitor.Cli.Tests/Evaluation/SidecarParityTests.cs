using System.Globalization;
using System.Runtime.InteropServices;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Evaluation.Judging;
using AccuracyMonitor.Evaluation.Judging.Estimators;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Runs;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.Quantized;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Grpc.Core;

namespace AccuracyMonitor.Cli.Tests.Evaluation;

/// <summary>What <c>evaluate</c> judges is what the sidecar publishes: one recorded stream goes through both.</summary>
public sealed class SidecarParityTests : IDisposable
{
    private const int Rows = 1400;
    private const double Share = 0.3;
    private const ulong Seed = 7;
    private const string Model = "parity";
    private const string Version = "1";

    // Differences in the order of additions.
    private const double Rounding = 1e-9;

    // Two fits of the same head end within their tolerance of each other.
    private const double OfFits = 1e-6;

    private readonly NpzWriter _trace = TwoClasses.Of(Rows, seed: 11, ("reference", 1), ("stream", 1));
    private readonly string _folder = Directory.CreateTempSubdirectory("am-parity-").FullName;

    [Fact]
    public async Task One_recorded_stream_gives_the_same_numbers_in_evaluate_and_in_the_sidecar()
    {
        var trace = TraceFile.Open(_trace.Write());
        var file = Path.Combine(_folder, "monitor.onnx");
        var options = new TrainingOptions { HiddenWidths = [8], MaxEpochs = 3, Seed = Seed, Quantization = new QuantizationOptions() };
        await File.WriteAllBytesAsync(file, MonitorTrainer.Train(trace.Load(TraceFile.Reference), options, cancellationToken: Cancel).Onnx, Cancel);
        using var scorer = EnsembleScorer.Load(await File.ReadAllBytesAsync(file, Cancel), new ScorerOptions(ExecutionProvider.Cpu));

        // The keyed hash of the prediction's id decides its fold; the id is place + 1, as the sampler's.
        var folds = CoinKey.FromSeed(Seed).Folds(new ModelKey(Model, Version));
        var condition = TraceConditionReader.Read(trace, null, scorer, simulate: false, seed: 1).Single() with
        {
            Sources = [.. Enumerable.Range(1, Rows)],
            FoldKey = source => folds.Of(source.ToString(CultureInfo.InvariantCulture)).ToString("x16", CultureInfo.InvariantCulture),
        };
        var window = Window(condition);
        window.Chosen.Count.ShouldBeGreaterThan(Core.Sampling.UniformShareChoice.Remembered, "else what is remembered would not matter");

        using var stop = new CancellationTokenSource();
        var address = Path.Combine(_folder, "am.sock");
        var running = Task.Run(() => SidecarHost.RunAsync(Settings(address, file), stop.Token), Cancel);
        try
        {
            using var link = new SidecarLink($"unix://{address}", Model, Version);
            await Eventually.TrueAsync(() => AnswersAsync(link), "the sidecar starts");
            await StreamAsync(link, condition, window);
            await CompareAsync(link, condition, window, scorer.Metadata?.CalibrationStandardError ?? 0);
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    public void Dispose()
    {
        _trace.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static SimulatedWindow Window(TraceCondition condition)
    {
        const int Budget = (int)(Rows * Share);
        int[] rows = [.. Enumerable.Range(0, Rows)];
        var monitor = ConditionMonitor.Untouched(condition);
        var sampled = new LabelSampling(Model, Version, Seed).Draw(condition, rows, monitor, Budget, LabelSampling.NewShare());
        var random = new SplitMix64(Seed);
        return new SimulatedWindow(condition, rows, monitor, sampled, Budget, ref random);
    }

    private string[] Settings(string address, string monitor) =>
    [
        $"--Listen:Socket={address}", "--Listen:GrpcPort=-1", "--Listen:HttpPort=0", $"--Storage:Path={Path.Combine(_folder, "am.db")}",
        $"--Monitor:Artifact={monitor}", "--Scoring:ExecutionProvider=Cpu", "--Adaptation:RecalibrateEvery=0", "--Training:Mode=Off",
        string.Create(CultureInfo.InvariantCulture, $"--Sampling:Budget={Share}"), $"--Sampling:Seed={Seed}", "--Sampling:MaxRequestsPerHour=10000000",
        "--Estimation:Windows:0=1h", "--Estimation:RowsPerWindow=20000", "--Estimation:RefreshInterval=100ms", "--Estimation:MinSamples=1",
        "--Estimation:MinLabels=1",
        "--Logging:LogLevel:Default=Warning",
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

    // One prediction after another, each labelled before the next, as evaluate does it.
    private static async Task StreamAsync(SidecarLink link, TraceCondition condition, SimulatedWindow window)
    {
        var chosen = window.Chosen.ToDictionary(c => c.Place, c => c.Inclusion);
        var first = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(55);
        for (var place = 0; place < Rows; place++)
        {
            var id = $"{place + 1}";
            var batch = new PredictionBatch
            {
                Model = Model,
                Version = Version,
                ClassCount = (uint)condition.Data.ClassCount,
                Values = ByteString.CopyFrom(MemoryMarshal.AsBytes(condition.Data.Row(place))),
                Ids = { id },
                TimesUnixUs = { (first + (TimeSpan.FromMinutes(54) * ((double)place / Rows))).ToUnixTimeMilliseconds() * 1000 },
            };
            var item = (await link.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: Cancel)).Items.Single();
            item.CorrectnessScore.ShouldBe((float)window.Scores[place], 1e-6f, $"score of prediction {id}");
            item.LabelRequested.ShouldBe(chosen.ContainsKey(place), $"whether prediction {id} is chosen");
            if (!item.LabelRequested)
            {
                continue;
            }

            var lease = (await link.Labels.LeaseAsync(new LeaseRequest { MaxItems = 1, Model = Model, Annotator = "test" }, cancellationToken: Cancel))
                .Items.Single();
            lease.PredictionId.ShouldBe(id);
            lease.InclusionProbability.ShouldBe(chosen[place], 1e-6, $"π of prediction {id}");
            var answer = new Answer { LeaseId = lease.LeaseId, Label = (uint)condition.Data.Labels[place] };
            await link.Labels.CompleteAsync(new CompleteRequest { Answers = { answer } }, cancellationToken: Cancel);
        }
    }

    private static async Task CompareAsync(SidecarLink link, TraceCondition condition, SimulatedWindow window, double standardError)
    {
        var core = new EstimatorOptions { MinSamples = 1, MinLabels = 1, LabelFreeReferenceStandardError = standardError };
        var plain = WindowEstimator.Estimate(window.Buckets, monitorValid: true, core);
        var judged = new JudgedWindow(condition, window, [], 0, core.Alpha);
        var audited = Audited.Estimate(judged)!.Value;

        V1.WindowEstimate? published = null;
        await Eventually.TrueAsync(
            async () =>
            {
                published = await link.EstimateAsync(null, Cancel);
                return published is { } p && (int)p.Labels == window.Chosen.Count && Math.Abs(Of(p, V1.EstimateKind.Audited).Value - audited.Value) < OfFits;
            },
            $"the audited estimate of the whole stream, {audited.Value}, is published");

        var estimate = published!;
        estimate.Predictions.ShouldBe((ulong)Rows);
        estimate.Labels.ShouldBe((ulong)plain.Labels);
        estimate.PendingLabels.ShouldBe(0UL);
        estimate.Unanswered.ShouldBe((ulong)plain.Unanswered);
        estimate.MeanConfidence.ShouldBe(plain.MeanConfidence, Rounding);
        Same(Of(estimate, V1.EstimateKind.LabelFree), Outcome.Of(plain.LabelFree, 0), 1e-6, "label_free");
        Same(Of(estimate, V1.EstimateKind.Labelled), Outcome.Of(plain.Labelled, 0), 1e-6, "labelled");
        Same(Of(estimate, V1.EstimateKind.Audited), audited, OfFits, "audited");
        Same(Of(estimate, V1.EstimateKind.Combined), Combined.Estimate(judged)!.Value, OfFits, "combined");
    }

    private static Estimate Of(V1.WindowEstimate window, V1.EstimateKind kind) => window.Estimates.Single(e => e.Kind == kind);

    private static void Same(Estimate published, Outcome judged, double tolerance, string what)
    {
        published.State.ShouldBe(V1.EstimateState.Ok, what);
        published.Value.ShouldBe(judged.Value, tolerance, what);
        published.Lower.ShouldBe(judged.Bounds!.Value.Lower, tolerance, what);
        published.Upper.ShouldBe(judged.Bounds!.Value.Upper, tolerance, what);
    }
}
