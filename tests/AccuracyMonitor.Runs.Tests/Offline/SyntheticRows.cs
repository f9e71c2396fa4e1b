using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Runs.Offline;

namespace AccuracyMonitor.Runs.Tests.Offline;

/// <summary>Predictions of a classifier of three classes that is right less often than its confidence says.</summary>
internal sealed class SyntheticRows
{
    private readonly (ScoredRow Row, int Truth)[] _rows;

    /// <param name="count">Rows.</param>
    /// <param name="seed">Of the rows.</param>
    /// <param name="overconfidence">How much too high the confidence is.</param>
    public SyntheticRows(int count, int seed, double overconfidence)
        : this(count, seed, confidence => confidence - overconfidence)
    {
    }

    private SyntheticRows(int count, int seed, Func<double, double> right)
    {
        var random = new Random(seed);
        _rows = [.. Enumerable.Range(0, count).Select(i => Row(random, i, right))];
        Accuracy = _rows.Count(r => r.Row.Predicted == r.Truth) / (double)count;
    }

    public double Accuracy { get; }

    /// <summary>Rows of which the most confident are mostly wrong: no recalibration of the scores makes up for it, only the weights of the labels do.</summary>
    public static SyntheticRows WithConfidentErrors(int count, int seed) => new(count, seed, confidence => confidence > 0.93 ? 0.2 : 0.9);

    public IEnumerable<ScoredRow> Unlabelled => _rows.Select(r => r.Row);

    /// <summary>The rows with the label and the probability of those that were drawn.</summary>
    public IEnumerable<ScoredRow> With(IReadOnlyDictionary<string, double> drawn, Func<string, bool> isLabelled) => _rows.Select(r => r.Row with
    {
        Label = isLabelled(r.Row.Id) ? r.Truth : null,
        InclusionProbability = drawn.TryGetValue(r.Row.Id, out var pi) ? pi : null,
    });

    private static (ScoredRow, int) Row(Random random, int index, Func<double, double> right)
    {
        var confidence = (float)(0.45 + (0.549 * Math.Sqrt(random.NextDouble())));
        float[] probabilities = [confidence, 0.6f * (1 - confidence), 0.4f * (1 - confidence)];
        var truth = random.NextDouble() < right(confidence) ? 0 : 1;
        return (new ScoredRow($"r{index}", probabilities, 0, ScoreCalibration.ConfidenceLogit(probabilities)), truth);
    }
}
