namespace AccuracyMonitor.Core.Agreement;

/// <summary>What an annotator answered to a gold item: a request whose true class is known, which he could not know.</summary>
/// <param name="Answer">His answer.</param>
/// <param name="TrueClass">0…K−1.</param>
/// <param name="PredictedClass">What the deployed model said, 0…K−1.</param>
/// <param name="InclusionProbability">π of the request, (0,1].</param>
/// <param name="IsLabel">The answer is the request's label, and no second or third opinion about it.</param>
public sealed record GoldAnswer(Vote Answer, int TrueClass, int PredictedClass, double InclusionProbability, bool IsLabel)
{
    public bool IsWrong => Answer.Class != TrueClass;

    public bool ModelIsRight => PredictedClass == TrueClass;
}
