using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Evaluation.Judging.Windows;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>All methods on one condition, over as many windows as asked for.</summary>
internal sealed class ConditionEvaluation
{
    // Ranking settles soon: one head is as good as another.
    private const int RankedRepeats = 5;

    private readonly TraceCondition _condition;
    private readonly IReadOnlyList<FittedEstimator> _labelFree;
    private readonly EvaluationOptions _settings;
    private readonly Estimator[] _estimators;
    private readonly LabelSampling _sampling;
    private readonly ScoreComparison _scores;
    private readonly List<Example> _examples = [];
    private readonly Tally[] _tallies;
    private SplitMix64 _random;
    private double _uniformError;

    /// <param name="condition">The condition.</param>
    /// <param name="labelFree">Fitted to the file's reference.</param>
    /// <param name="settings">What to simulate.</param>
    public ConditionEvaluation(TraceCondition condition, IReadOnlyList<FittedEstimator> labelFree, EvaluationOptions settings)
    {
        (_condition, _labelFree, _settings) = (condition, labelFree, settings);
        _estimators = [.. settings.Methods.Select(EstimatorTable.Get)];
        var seed = Seeds.Of(settings.Seed, condition.File, condition.Name);
        _random = new SplitMix64(seed);
        _sampling = new LabelSampling(condition.File, condition.Name, seed);
        _scores = new ScoreComparison(condition);
        _tallies = new Tally[_estimators.Length];
    }

    public ConditionResult Run(CancellationToken cancellation)
    {
        for (var repeat = 0; repeat < _settings.Repeats; repeat++)
        {
            cancellation.ThrowIfCancellationRequested();
            Judge(repeat);
        }

        return new ConditionResult
        {
            File = _condition.File,
            Condition = _condition.Name,
            Family = _condition.Family,
            Count = _condition.Count,
            Classes = _condition.Data.ClassCount,
            Accuracy = _condition.Accuracy,
            UniformError = _uniformError / _settings.Repeats,
            Methods = [.. _settings.Methods.Select((method, m) => (method, _tallies[m])).Where(t => t.Item2.Windows > 0)],
            Scores = _scores.Results(),
            Examples = _examples,
            Reliability = _scores.Reliability(),
        };
    }

    private void Judge(int repeat)
    {
        var draw = WindowDraw.Of(_condition.Count, _settings, ref _random);
        var share = LabelSampling.NewShare();
        var monitor = _settings.EarlierLabels > 0
            ? EarlierWindows.Teach(_condition, draw.Earlier, Math.Min(_settings.EarlierLabels, draw.Earlier.Length), _sampling, share)
            : ConditionMonitor.Untouched(_condition);
        var budget = _settings.Budget.Of(draw.Window.Length);
        var sampled = _sampling.Draw(_condition, draw.Window, monitor, budget, share);
        var window = new SimulatedWindow(_condition, draw.Window, monitor, sampled, budget, ref _random);
        _uniformError += window.Count > 1 ? window.Truth * (1 - window.Truth) / budget * (window.Count - budget) / (window.Count - 1) : 0;
        if (repeat < RankedRepeats)
        {
            Rank(window, draw.Window);
        }

        var judged = new JudgedWindow(_condition, window, draw.Earlier, _settings.EarlierLabels, _settings.Alpha);
        for (var m = 0; m < _tallies.Length; m++)
        {
            Judge(_estimators[m], judged, repeat == 0, ref _tallies[m]);
        }
    }

    private void Judge(Estimator estimator, JudgedWindow judged, bool isFirst, ref Tally tally)
    {
        if (!isFirst && IsSettled(estimator))
        {
            return;
        }

        if (estimator.Bound is { } bound)
        {
            tally = Tally.OfBound(bound(judged), judged.Window.Budget, _settings.Repeats);
        }
        else if (Estimate(estimator, judged) is { } outcome)
        {
            tally.Add(outcome, judged.Window.Truth);
            if (isFirst)
            {
                _examples.Add(new Example(estimator.Name, judged.Window.Truth, outcome.Value, outcome.Bounds));
            }
        }
    }

    // A bound holds for the condition. Without labels, an estimate is the same each time where every window has the same rows.
    private bool IsSettled(Estimator estimator) =>
        estimator.Bound is not null || (estimator.Labels == LabelUse.None && _settings is { Window: null, EarlierLabels: 0 });

    private Outcome? Estimate(Estimator estimator, JudgedWindow judged)
    {
        if (estimator.Judge is { } judge)
        {
            return judge(judged);
        }

        var fitted = _labelFree.FirstOrDefault(e => string.Equals(e.Name, estimator.Name, StringComparison.Ordinal));
        return fitted?.Estimate(judged.Window.Outputs) is { } value ? new Outcome(value, null, 0) : null;
    }

    private void Rank(SimulatedWindow window, int[] rows)
    {
        if (window.Monitor.HasHead)
        {
            _scores.AddRecalibrated(window.Monitor.Scores, rows);
            return;
        }

        var labelled = window.Chosen.Select(c => c.Place).ToHashSet();
        var head = RecalibrationHeadFitter.Fit(window.ChosenSamples(), window.ClassCount, new RecalibrationHeadOptions());
        _scores.AddRecalibrated(
            _condition.ScoresWith(head), [.. Enumerable.Range(0, rows.Length).Where(place => !labelled.Contains(place)).Select(place => rows[place])]);
    }
}
