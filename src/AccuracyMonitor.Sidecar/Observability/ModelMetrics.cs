using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Models;
using Prometheus;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>The families that have one child per model version.</summary>
internal sealed record ModelFamilies(
    Counter Predictions,
    Counter ExpectedCorrect,
    Counter ExpectedCorrectVariance,
    Counter LabelledWeight,
    Counter LabelledCorrectWeight,
    Counter LabelledExpectedWeight,
    Counter LabelledSquaredWeight,
    Counter LabelledCorrectSquaredWeight,
    Counter LabelledExpectedSquaredWeight,
    Counter LabelledCorrectExpectedSquaredWeight,
    Counter LabelledSquaredExpectedSquaredWeight,
    Counter LabelRequests,
    Counter Labels,
    Counter Promotions,
    Gauge Objective,
    Gauge Budget,
    Gauge MonitorValid,
    Gauge ValidityEvidence,
    Gauge AccuracyEvidence,
    Gauge AlarmFiring,
    Gauge MonitorInfo,
    Gauge ModelInfo);

/// <summary>One model version's metrics, their children looked up once: counting a batch costs a few additions.</summary>
internal sealed class ModelMetrics
{
    private readonly ModelFamilies _families;
    private readonly string _model;
    private readonly string _version;
    private readonly Counter.Child _predictions;
    private readonly Counter.Child _expectedCorrect;
    private readonly Counter.Child _expectedCorrectVariance;
    private readonly LabelledSums _labelled;
    private string[]? _monitorInfo;

    public ModelMetrics(ModelFamilies families, ModelKey key, double? objective)
    {
        (_families, _model, _version) = (families, key.Model, key.Version);
        _predictions = families.Predictions.WithLabels(_model, _version);
        _expectedCorrect = families.ExpectedCorrect.WithLabels(_model, _version);
        _expectedCorrectVariance = families.ExpectedCorrectVariance.WithLabels(_model, _version);
        _labelled = new LabelledSums(families, key);
        if (objective is { } value)
        {
            families.Objective.WithLabels(_model, _version).Set(value);
        }

        foreach (var outcome in (string[])["correct", "incorrect", "skipped", "expired", "replaced", "retracted"])
        {
            families.Labels.WithLabels(_model, _version, outcome);
        }
    }

    public void Known(int classes, double budget)
    {
        _families.ModelInfo.WithLabels(_model, _version, classes.ToString()).Set(1);
        _families.Budget.WithLabels(_model, _version).Set(budget);
    }

    public void Counted(in PredictionSums sums)
    {
        _predictions.Inc(sums.Count);
        _expectedCorrect.Inc(sums.Score);
        _expectedCorrectVariance.Inc(sums.ScoreVariance);
    }

    public void Requested(SamplingPolicy policy, int count) => _families.LabelRequests.WithLabels(_model, _version, PolicyName(policy)).Inc(count);

    public void Outcome(string outcome, int count = 1) => _families.Labels.WithLabels(_model, _version, outcome).Inc(count);

    /// <param name="point">A label counted (+1) or taken back (−1).</param>
    /// <param name="sign">+1 or −1.</param>
    public void Labelled(in LabelPoint point, int sign) => _labelled.Add(point, sign);

    public void Judged(string kind, bool promoted) => _families.Promotions.WithLabels(_model, _version, kind, promoted ? "promoted" : "refused").Inc();

    public void State(MonitorSnapshot monitor, bool valid, AlarmVerdict accuracy, AlarmVerdict validity)
    {
        _families.MonitorValid.WithLabels(_model, _version).Set(valid ? 1 : 0);
        _families.ValidityEvidence.WithLabels(_model, _version).Set(validity.LogEvidence);
        _families.AccuracyEvidence.WithLabels(_model, _version).Set(accuracy.LogEvidence);
        _families.AlarmFiring.WithLabels(_model, _version, "accuracy").Set(accuracy.Firing ? 1 : 0);
        _families.AlarmFiring.WithLabels(_model, _version, "validity").Set(validity.Firing ? 1 : 0);
        string[] info = [_model, _version, monitor.Version, monitor.Scorer.Kind];
        if (_monitorInfo is { } previous && !previous.AsSpan().SequenceEqual(info))
        {
            _families.MonitorInfo.RemoveLabelled(previous);
        }

        _monitorInfo = info;
        _families.MonitorInfo.WithLabels(info).Set(1);
    }

    public static string PolicyName(SamplingPolicy policy) => policy switch
    {
        SamplingPolicy.Mixed => "mixed",
        SamplingPolicy.Uniform => "uniform",
        SamplingPolicy.Stratified => "stratified",
        _ => "paper_literal",
    };
}
