namespace AccuracyMonitor.Core.Agreement;

/// <summary>One annotator's answer.</summary>
/// <param name="Class">0…K−1.</param>
public readonly record struct Vote(string Annotator, int Class);

/// <summary>A request that two annotators answered without knowing of each other, because it was drawn for that before any answer.</summary>
/// <param name="First">The label.</param>
/// <param name="Second">The second opinion.</param>
/// <param name="PredictedClass">What the deployed model said, 0…K−1.</param>
/// <param name="InclusionProbability">π of the request, (0,1].</param>
public sealed record DoubleLabel(Vote First, Vote Second, int PredictedClass, double InclusionProbability)
{
    public bool Agrees => First.Class == Second.Class;
}
