using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Sidecar.Truth;

/// <summary>What came true of a model version, and how its estimates compare with it.</summary>
/// <param name="Key">The model version.</param>
/// <param name="Latest">The newest stretch whose truth is complete.</param>
/// <param name="Audited">Closed windows of the running accuracy, with their intervals, whose truth is complete.</param>
/// <param name="LabelFree">Mean scores of the stretches whose truth is complete.</param>
internal sealed record RealizedAccuracy(ModelKey Key, RealizedStretch Latest, EstimateJudgement Audited, EstimateJudgement LabelFree);

/// <summary>The last judgements: an immutable list swapped by reference.</summary>
internal sealed class LatestRealized
{
    private volatile IReadOnlyList<RealizedAccuracy> _all = [];

    public IReadOnlyList<RealizedAccuracy> All
    {
        get => _all;
        set => _all = value;
    }
}
