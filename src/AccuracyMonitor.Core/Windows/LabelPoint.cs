namespace AccuracyMonitor.Core.Windows;

/// <summary>One labelled prediction as it is added to a window.</summary>
/// <param name="Score">g as recorded at decision time, or its cross-fitted replacement, [0,1].</param>
/// <param name="InclusionProbability">π as recorded at decision time, (0,1].</param>
/// <param name="Correct">True if the predicted class is the true class.</param>
public readonly record struct LabelPoint(double Score, double InclusionProbability, bool Correct);
