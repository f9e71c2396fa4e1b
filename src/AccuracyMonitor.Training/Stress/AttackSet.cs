using AccuracyMonitor.Core;

namespace AccuracyMonitor.Training.Stress;

/// <summary>One attack on a set of images, every image of which the classifier got right before.</summary>
/// <param name="Attack">Which.</param>
/// <param name="Images">One for each image attacked, in their order, failures included.</param>
/// <param name="Outputs">The classifier's probabilities of them, with the true classes.</param>
public sealed record AttackSet(Attack Attack, IReadOnlyList<AttackedImage> Images, ReferenceSet Outputs)
{
    /// <summary>Share that reached the goal's class.</summary>
    public double Success => Images.Average(i => i.Reached ? 1.0 : 0);

    public double MeanQueries => Images.Average(i => i.Queries);

    public double MeanChanged => Images.Average(i => i.Changed);
}
