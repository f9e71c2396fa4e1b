using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.PolicySearch;
using AccuracyMonitor.Training.Stress;
using AccuracyMonitor.Training.Ternary;

namespace AccuracyMonitor.Evaluation.Recipes;

/// <summary>Runs a recipe's stages. A hardened or compressed monitor takes the place of the one before only through its gate; every gate's numbers are
/// kept.</summary>
/// <param name="recipe">The stages.</param>
/// <param name="reference">The reference set.</param>
/// <param name="work">Keeps what the stages make.</param>
/// <param name="say">Told what each stage gave, in a line.</param>
/// <param name="progress">Told how far a stage is.</param>
internal sealed class RecipeRun(Recipe recipe, TraceFile reference, RecipeWork work, Action<string> say, IProgress<StageProgress> progress)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly List<GateVerdict> _verdicts = [];
    private ReferenceSet _train = null!;
    private ReferenceSet _test = null!;
    private string _data = "";

    /// <summary>The verdicts of this run, in order.</summary>
    public IReadOnlyList<GateVerdict> Verdicts => _verdicts;

    /// <returns>The monitor, and its ternary form where the recipe packs and the gate let it pass.</returns>
    public async Task<(byte[] Onnx, byte[]? Compressed)> RunAsync(CancellationToken cancel)
    {
        (_train, _test) = ReferenceSplit.ForTraining(reference, recipe.TestShare, recipe.Seed);
        _data = $"{Hash(_train)} {Hash(_test)}";
        var options = await PolicyAsync(cancel);
        var (monitor, found) = await work.OnceAsync(
            "train", [_data, Text(options)], () => Made(() => MonitorTrainer.Train(_train, options, Epochs("train"), cancel).Onnx, cancel), cancel);
        Say("train", found, Describe(MonitorFile.Read(monitor).Metadata.MonitorVersion, Judge(monitor)));
        monitor = recipe.Harden is { } harden ? await HardenAsync(harden, options, monitor, cancel) : monitor;
        return (monitor, recipe.Compress is { } compress ? await CompressAsync(compress, monitor, cancel) : null);
    }

    /// <summary>Every gate's numbers, as JSON.</summary>
    public string Report() => JsonSerializer.Serialize(new { recipe.Seed, recipe.TestShare, Gates = _verdicts }, Indented);

    /// <summary>Of what was read, not of the file: options of the trace and a second file with labels decide it too.</summary>
    private static string Hash(ReferenceSet set) =>
        $"{set.ClassCount} {RecipeWork.Hash(MemoryMarshal.AsBytes(set.Probabilities.AsSpan()))} {RecipeWork.Hash(MemoryMarshal.AsBytes(set.Labels.AsSpan()))}";

    private async Task<TrainingOptions> PolicyAsync(CancellationToken cancel)
    {
        if (recipe.Policy is not { } stage)
        {
            return recipe.Train;
        }

        if (stage.Text is { } given)
        {
            return recipe.Train with { LearningRatePolicy = given };
        }

        var bench = new PolicyBenchOptions { Training = recipe.Train, Budget = TimeSpan.FromSeconds(stage.Seconds), Seeds = stage.Seeds };
        var (file, found) = await work.OnceAsync(
            "policy",
            [_data, Text(recipe.Train), $"{stage}"],
            () => Made(
                () => Encoding.UTF8.GetBytes(PolicyFile.Write(PolicyBench.Run(_train, _test, bench, TimeProvider.System,
                    new SynchronousProgress<PolicyBenchProgress>(p => progress.Report(new StageProgress("policy", p.Stage, null))), cancel), bench)),
                cancel),
            cancel);
        var picked = PolicyFile.Parse(Encoding.UTF8.GetString(file), "policy");
        var seeds = picked.Numbers.GetValueOrDefault("seeds", "");
        Say("policy", found, picked.Policy
            + (seeds == $"{stage.Seeds}" ? "" : $"; the {stage.Seconds} s were enough for {seeds} of {stage.Seeds} seeds: another machine may pick another"));
        return PolicyFile.AsLongAsMeasured(recipe.Train with { LearningRatePolicy = picked.Policy, PolicyNumbers = picked.Numbers }, _train.Count);
    }

    private async Task<byte[]> HardenAsync(HardenStage stage, TrainingOptions options, byte[] plain, CancellationToken cancel)
    {
        // The monitor is trained on half of the attacked outputs and judged on the other half.
        var (learned, kept) = ReferenceSplit.Of(TraceFile.Open(stage.Traces).Load(stage.Condition), 0.5, recipe.Seed);
        var (hardened, found) = await work.OnceAsync(
            "harden",
            [_data, Text(options), RecipeWork.Hash(await File.ReadAllBytesAsync(stage.Traces, cancel)), stage.Condition],
            () => Made(() => MonitorHardening.Train(_train, learned, options, Epochs("harden"), cancel).Onnx, cancel),
            cancel);
        Say("harden", found, $"under attack the estimate is off by {Off(Judge(hardened, kept)):0.0000}, before {Off(Judge(plain, kept)):0.0000}");
        return Passed("harden", stage.Gate, plain, hardened, Judge(hardened), new(
            StringComparer.Ordinal)
        { ["attacked_estimate_error"] = Off(Judge(hardened, kept)), ["attacked_estimate_error_before"] = Off(Judge(plain, kept)) })
            ? hardened : plain;
    }

    private async Task<byte[]?> CompressAsync(CompressStage stage, byte[] monitor, CancellationToken cancel)
    {
        var (compressed, found) = await work.OnceAsync(
            "compress",
            [_data, RecipeWork.Hash(monitor), Text(stage.Options)],
            () => Made(() => TernaryTraining.Run(monitor, _train, _test, stage.Options, Passes(stage.Options.Passes), cancel).File, cancel),
            cancel);
        using var scorer = TernaryScorer.Load(compressed);
        var metrics = MonitorJudge.Of(scorer, _test);
        Say("compress", found, $"{Describe(scorer.Version, metrics)}; {compressed.Length} bytes for {monitor.Length}");
        return Passed("compress", stage.Gate, monitor, compressed, metrics, new(StringComparer.Ordinal)) ? compressed : null;
    }

    private bool Passed(string stage, Gate gate, byte[] before, byte[] after, ScoreMetrics metrics, Dictionary<string, double> more)
    {
        var was = Judge(before);
        var (lost, added) = (was.Auroc - metrics.Auroc, Off(metrics) - Off(was));
        var refusal = !(lost <= gate.Auroc) ? $"it loses {lost:0.0000} AUROC; at most {gate.Auroc} may be lost"
            : !(added <= gate.EstimateError) ? $"its accuracy estimate is off by {added:0.0000} more; at most {gate.EstimateError} may be added"
            : null;
        _verdicts.Add(new GateVerdict
        {
            Stage = stage,
            Passed = refusal is null,
            AurocBefore = was.Auroc,
            Auroc = metrics.Auroc,
            AurocMayLose = gate.Auroc,
            EstimateErrorBefore = Off(was),
            EstimateError = Off(metrics),
            EstimateErrorMayAdd = gate.EstimateError,
            BytesBefore = before.Length,
            Bytes = after.Length,
            Rows = _test.Count,
            More = more,
        });
        Say(stage, false, refusal is null ? "takes the place of the monitor before" : $"refused, the monitor before stays: {refusal}");
        return refusal is null;
    }

    private ScoreMetrics Judge(byte[] monitor, ReferenceSet? rows = null) => MonitorJudge.Of(monitor, rows ?? _test);

    private static double Off(ScoreMetrics metrics) => Math.Abs(metrics.MeanScore - metrics.Accuracy);

    private static string Describe(string version, ScoreMetrics metrics) => $"{version}: AUROC {metrics.Auroc:0.0000}, estimate off by {Off(metrics):0.0000}";

    private static Task<byte[]> Made(Func<byte[]> make, CancellationToken cancel) => Task.Run(make, cancel);

    /// <summary>Everything of the options that decides the bytes of a monitor. The numbers of a policy are written into its file.</summary>
    internal static string Text(TrainingOptions options)
    {
        var numbers = options.PolicyNumbers.OrderBy(n => n.Key, StringComparer.Ordinal).Select(n => $"{n.Key}={n.Value}");
        var scalars = options with { HiddenWidths = [], PolicyNumbers = new Dictionary<string, string>(StringComparer.Ordinal) };
        return $"{scalars} {string.Join(',', options.HiddenWidths)} {string.Join(' ', numbers)}".TrimEnd();
    }

    private static string Text(TernaryOptions options) => $"{options}";

    private SynchronousProgress<TrainingProgress> Epochs(string stage) => new(p => progress.Report(new StageProgress(
        stage, $"epoch {p.Epoch} of {p.MaxEpochs}, held-out loss {p.HeldOutLoss:0.0000}", (double)p.Epoch / p.MaxEpochs)));

    private SynchronousProgress<TernaryProgress> Passes(int most) => new(p => progress.Report(new StageProgress(
        "compress", $"pass {p.Pass}: {p.Changed} weights changed, held-out loss {p.HeldOutLoss:0.0000}", (double)p.Pass / Math.Max(1, most))));

    private void Say(string stage, bool found, string what) => say($"{stage}: {what}{(found ? " (made earlier)" : "")}");
}

/// <summary>How far a recipe's stage is.</summary>
/// <param name="Stage">Its key in the recipe.</param>
/// <param name="Text">What was done last.</param>
/// <param name="Share">Of the stage, 0 to 1; null: nobody knows.</param>
internal readonly record struct StageProgress(string Stage, string Text, double? Share);

/// <summary>One gate's numbers, on the rows that no stage learned from.</summary>
internal sealed record GateVerdict
{
    public required string Stage { get; init; }

    public required bool Passed { get; init; }

    public required double AurocBefore { get; init; }

    public required double Auroc { get; init; }

    public required double AurocMayLose { get; init; }

    public required double EstimateErrorBefore { get; init; }

    public required double EstimateError { get; init; }

    public required double EstimateErrorMayAdd { get; init; }

    public required int BytesBefore { get; init; }

    public required int Bytes { get; init; }

    public required int Rows { get; init; }

    public required IReadOnlyDictionary<string, double> More { get; init; }
}
