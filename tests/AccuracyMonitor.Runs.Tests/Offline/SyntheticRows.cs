using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Runs.Offline;

namespace AccuracyMonitor.Runs.Tests.Offline;

/// <summary>Predictions of a classifier of three classes that is right less often than its confidence says.</summary>
internal sealed class SyntheticRows
{
    private readonly (ScoredRow Row, int Truth)[] _rows;

    public SyntheticRows(int count, int seed, double overconfidence)
    {
        var random = new Random(seed);
        _rows = [.. Enumerable.Range(0, count).Select(i => Row(random, i, overconfidence))];
        Accuracy = _rows.Count(r => r.Row.Predicted == r.Truth) / (double)count;
    }

    public double Accuracy { get; }

    public IEnumerable<ScoredRow> Unlabelled => _rows.Select(r => r.Row);

    /// <summary>The rows with the label and the probability of those that were drawn.</summary>
    public IEnumerable<ScoredRow> With(IReadOnlyDictionary<string, double> drawn, Func<string, bool> isLabelled) => _rows.Select(r => r.Row with
    {
        Label = isLabelled(r.Row.Id) ? r.Truth : null,
        InclusionProbability = drawn.TryGetValue(r.Row.Id, out var pi) ? pi : null,
    });

    private static (ScoredRow, int) Row(Random random, int index, double overconfidence)
    {
        var confidence = (float)(0.45 + (0.549 * Math.Sqrt(random.NextDouble())));
        float[] probabilities = [confidence, 0.6f * (1 - confidence), 0.4f * (1 - confidence)];
        var truth = random.NextDouble() < confidence - overconfidence ? 0 : 1;
        return (new ScoredRow($"r{index}", probabilities, 0, ScoreCalibration.ConfidenceLogit(probabilities)), truth);
    }
}
