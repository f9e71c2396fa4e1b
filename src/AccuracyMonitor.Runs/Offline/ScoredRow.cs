using AccuracyMonitor.Core;

namespace AccuracyMonitor.Runs.Offline;

/// <summary>A prediction with its correctness score.</summary>
/// <param name="Id">Its own, or its place in the file.</param>
/// <param name="Probabilities">Softmax vector, length K.</param>
/// <param name="Predicted">Class with the largest probability, 0…K−1.</param>
/// <param name="Logit">Of the correctness score.</param>
internal sealed record ScoredRow(string Id, float[] Probabilities, int Predicted, double Logit)
{
    /// <summary>True class; null: not labelled.</summary>
    public int? Label { get; init; }

    /// <summary>π with which the row was drawn; null: it was not drawn.</summary>
    public double? InclusionProbability { get; init; }

    /// <summary>g, (0, 1).</summary>
    public double Score => CorrectnessScore.FromLogit(Logit);

    /// <summary>The deployed model's own confidence: the largest softmax.</summary>
    public double Confidence => Probabilities[Predicted];
}
