using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Hosting.Metrics;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>The counters that have series of each model version.</summary>
internal sealed class ModelFamilies(MetricRegistry registry)
{
    private static readonly string[] ByModel = ["model", "version"];

    public CounterFamily Predictions { get; } = registry.Counter("predictions_total", "Predictions counted.", ByModel);

    public CounterFamily ExpectedCorrect { get; } = registry.Counter(
        "expected_correct_total", "Sum of correctness scores; its rate over that of predictions_total is the label-free accuracy over any range and pods.",
        ByModel);

    public CounterFamily ExpectedCorrectVariance { get; } = registry.Counter(
        "expected_correct_variance_total", "Sum of score times (1 - score): variance of the number of right predictions given the scores.", ByModel);

    public CounterFamily LabelMoments { get; } = registry.Counter("label_moment_total", Observability.LabelMoments.Help, [.. ByModel, "moment"]);

    public CounterFamily LabelRequests { get; } = registry.Counter("label_requests_total", "Label requests made, by sampling policy.", [.. ByModel, "policy"]);

    public CounterFamily Labels { get; } = registry.Counter(
        "labels_total", "Outcomes of label requests: correct, incorrect, skipped, expired, reopened, replaced, retracted, forgotten.", [.. ByModel, "outcome"]);

    public CounterFamily ChallengerDecisions { get; } = registry.Counter(
        "challenger_decisions_total", "Challengers judged, by kind (recalibration, fine_tuning) and decision (promoted, refused).",
        [.. ByModel, "kind", "decision"]);

    /// <summary>Ends every series of a model version.</summary>
    public void Forget(ModelKey key)
    {
        foreach (var family in (CounterFamily[])[
            Predictions, ExpectedCorrect, ExpectedCorrectVariance, LabelMoments, LabelRequests, Labels, ChallengerDecisions])
        {
            family.Remove(labels => string.Equals(labels[0], key.Model, StringComparison.Ordinal)
                && string.Equals(labels[1], key.Version, StringComparison.Ordinal));
        }
    }
}

/// <summary>Counts what happens to one model version. The series of the hot path are looked up once: counting a batch costs a few additions.</summary>
internal sealed class ModelMetrics
{
    private readonly ModelFamilies _families;
    private readonly string _model;
    private readonly string _version;
    private readonly Series _predictions;
    private readonly Series _expectedCorrect;
    private readonly Series _expectedCorrectVariance;
    private readonly LabelMoments _moments;

    public ModelMetrics(ModelFamilies families, ModelKey key)
    {
        (_families, _model, _version) = (families, key.Model, key.Version);
        _predictions = families.Predictions.Of(_model, _version);
        _expectedCorrect = families.ExpectedCorrect.Of(_model, _version);
        _expectedCorrectVariance = families.ExpectedCorrectVariance.Of(_model, _version);
        _moments = new LabelMoments(families.LabelMoments, key);
        foreach (var outcome in (string[])["correct", "incorrect", "skipped", "expired", "replaced", "retracted"])
        {
            families.Labels.Of(_model, _version, outcome);
        }
    }

    public void Counted(in PredictionSums sums)
    {
        _predictions.Add(sums.Count);
        _expectedCorrect.Add(sums.Score);
        _expectedCorrectVariance.Add(sums.ScoreVariance);
    }

    public void Requested(SamplingPolicy policy, int count) => _families.LabelRequests.Of(_model, _version, PolicyName(policy)).Add(count);

    public void Outcome(string outcome, int count = 1) => _families.Labels.Of(_model, _version, outcome).Add(count);

    /// <param name="point">A label counted (+1) or taken back (−1).</param>
    /// <param name="sign">+1 or −1.</param>
    public void Labelled(in LabelPoint point, int sign) => _moments.Add(point, sign);

    public void Judged(string kind, bool promoted) => _families.ChallengerDecisions.Of(_model, _version, kind, promoted ? "promoted" : "refused").Add(1);

    public static string PolicyName(SamplingPolicy policy) => policy switch
    {
        SamplingPolicy.Mixed => "mixed",
        SamplingPolicy.Uniform => "uniform",
        SamplingPolicy.Stratified => "stratified",
        _ => "top_uncertainty",
    };
}
