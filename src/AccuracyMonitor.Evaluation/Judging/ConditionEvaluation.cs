using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Transfer;
using AccuracyMonitor.Evaluation.LabelFree;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>All methods on one condition, over as many windows as asked for.</summary>
internal sealed class ConditionEvaluation
{
    // Ranking settles soon: one head is as good as another.
    private const int RankedRepeats = 5;

    private readonly Regime _regime;
    private readonly IReadOnlyList<ILabelFreeEstimator> _labelFree;
    private readonly EvaluationSettings _settings;
    private readonly FewLabelMethods _fewLabels;
    private readonly LabelSampling _sampling;
    private readonly ScoreComparison _scores;
    private readonly List<Example> _examples = [];
    private readonly Tally[] _tallies;
    private SplitMix64 _random;
    private double _uniformError;

    /// <param name="regime">The condition.</param>
    /// <param name="labelFree">Fitted to the file's reference.</param>
    /// <param name="settings">What to simulate.</param>
    public ConditionEvaluation(Regime regime, IReadOnlyList<ILabelFreeEstimator> labelFree, EvaluationSettings settings)
    {
        (_regime, _labelFree, _settings) = (regime, labelFree, settings);
        _fewLabels = new FewLabelMethods(settings.Alpha);
        var seed = Seeds.Of(settings.Seed, regime.File, regime.Condition);
        _random = new SplitMix64(seed);
        _sampling = new LabelSampling(regime.File, regime.Condition, seed);
        _scores = new ScoreComparison(regime);
        _tallies = new Tally[settings.Methods.Count];
    }

    public ConditionResult Run(CancellationToken cancellation)
    {
        for (var repeat = 0; repeat < _settings.Repeats; repeat++)
        {
            cancellation.ThrowIfCancellationRequested();
            Judge(repeat);
        }

        return new ConditionResult(
            _regime.File, _regime.Condition, _regime.Family, _regime.Count, _regime.Data.ClassCount, _regime.Accuracy, _uniformError / _settings.Repeats,
            [.. _settings.Methods.Select((method, m) => (method, _tallies[m])).Where(t => t.Item2.Windows > 0)],
            _scores.Results(), _examples, _scores.Reliability());
    }

    private void Judge(int repeat)
    {
        var draw = WindowDraw.Of(_regime.Count, _settings, ref _random);
        var share = LabelSampling.NewShare();
        var monitor = _settings.EarlierLabels > 0
            ? EarlierWindows.Teach(_regime, draw.Earlier, Math.Min(_settings.EarlierLabels, draw.Earlier.Length), _sampling, share)
            : RegimeMonitor.Untouched(_regime);
        var budget = _settings.Budget.Of(draw.Window.Length);
        var window = new SimulatedWindow(_regime, draw.Window, monitor, _sampling.Draw(_regime, draw.Window, monitor, budget, share), budget, ref _random);
        _uniformError += window.Count > 1 ? window.Truth * (1 - window.Truth) / budget * (window.Count - budget) / (window.Count - 1) : 0;
        if (repeat < RankedRepeats)
        {
            Rank(window, draw.Window);
        }

        for (var m = 0; m < _tallies.Length; m++)
        {
            var method = _settings.Methods[m];
            if (string.Equals(method, Method.OracleBound, StringComparison.Ordinal))
            {
                _tallies[m] = repeat > 0
                    ? _tallies[m]
                    : Tally.OfBound(OracleBound.MeanSquareError(_regime, window.Count, budget), budget, _settings.Repeats);
            }
            else if (!(repeat > 0 && IsSettled(method)) && Estimate(method, window, draw) is { } outcome)
            {
                _tallies[m].Add(outcome, window.Truth);
                if (repeat == 0)
                {
                    _examples.Add(new Example(method, window.Truth, outcome.Value, outcome.Bounds));
                }
            }
        }
    }

    // Every window has the same rows: an estimate without labels is the same each time.
    private bool IsSettled(string method) => _settings is { Window: null, EarlierLabels: 0 } && Method.LabelFree.Contains(method, StringComparer.Ordinal);

    private Outcome? Estimate(string method, SimulatedWindow window, WindowDraw draw)
    {
        switch (method)
        {
            case Method.Monitor:
                return Outcome.Of(
                    TransferredAccuracy.Estimate(window.Population(), TransferHeadFitter.FitPosterior([], window.ClassCount, new TransferHeadOptions()), _settings.Alpha), 0);
            case Method.Transferred:
                return window.Monitor.Posterior is { } posterior
                    ? Outcome.Of(TransferredAccuracy.Estimate(window.Population(), posterior, _settings.Alpha), 0)
                    : null;
            case Method.UniformEarlier:
                return UniformEarlier(draw.Earlier);
        }

        if (!Method.LabelFree.Contains(method, StringComparer.Ordinal))
        {
            return _fewLabels.Run(method, window);
        }

        return _labelFree.FirstOrDefault(e => string.Equals(e.Name, method, StringComparison.Ordinal))?.Estimate(window.Outputs) is { } value
            ? new Outcome(value, null, 0)
            : null;
    }

    private Outcome? UniformEarlier(int[] earlier)
    {
        var labels = Math.Min(_settings.EarlierLabels, earlier.Length);
        if (labels == 0)
        {
            return null;
        }

        var rows = (int[])earlier.Clone();
        _random.Shuffle(rows, labels);
        return Outcome.Of(BinomialInterval.Wilson(rows.Take(labels).Count(row => _regime.Correct[row]), labels, _settings.Alpha), 0);
    }

    private void Rank(SimulatedWindow window, int[] rows)
    {
        if (window.Monitor.Posterior is not null)
        {
            _scores.AddTransferred(window.Monitor.Scores, rows);
            return;
        }

        var labelled = window.Chosen.Select(c => c.Place).ToHashSet();
        var head = TransferHeadFitter.Fit(window.ChosenSamples(), window.ClassCount, new TransferHeadOptions());
        _scores.AddTransferred(_regime.ScoresWith(head), [.. Enumerable.Range(0, rows.Length).Where(place => !labelled.Contains(place)).Select(place => rows[place])]);
    }
}
