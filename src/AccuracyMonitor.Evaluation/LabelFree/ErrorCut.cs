namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>
/// The cut on a score below which as many reference rows lie as there are reference errors; the rows above it count as right. Rows at the
/// cut itself count in part, so that the reference set's own accuracy is met exactly whatever the ties.
/// </summary>
/// <remarks>
/// A float32 softmax is exactly 1 for thousands of rows; whether such ties go up (≥, as in the code of ATC) or down (&gt;, as in that of
/// Dis²) can move the estimate by tens of points. Scores are compared in float32, so that rows which differ only in the order of their
/// classes tie too.
/// </remarks>
internal sealed class ErrorCut
{
    private readonly float _cut;
    private readonly double _shareRight;

    /// <param name="scores">Of the reference rows, at least one; higher is surer.</param>
    /// <param name="errors">0…n. None: everything counts as right; n: nothing does. There is no score between errors and the rest then, and
    /// a cut at the lowest or the highest one would be an accident of the sample.</param>
    public ErrorCut(ReadOnlySpan<float> scores, int errors)
    {
        if (errors == 0 || errors == scores.Length)
        {
            (_cut, _shareRight) = errors == 0 ? (float.NegativeInfinity, 1) : (float.PositiveInfinity, 0);
            return;
        }

        var sorted = scores.ToArray();
        Array.Sort(sorted);
        _cut = sorted[errors];
        var below = 0;
        var at = 0;
        foreach (var score in sorted)
        {
            below += score < _cut ? 1 : 0;
            at += score == _cut ? 1 : 0;
        }

        _shareRight = 1 - ((double)(errors - below) / at);
    }

    /// <summary>How right a row of this score counts as: 0, 1, or at the cut a share.</summary>
    public double Right(float score) => score > _cut ? 1 : score < _cut ? 0 : _shareRight;
}
