namespace AccuracyMonitor.Core.Windows;

/// <summary>One labelled prediction as a window counts it.</summary>
/// <param name="Score">g as recorded at decision time, or its cross-fitted replacement, [0,1].</param>
/// <param name="InclusionProbability">π as recorded at decision time, (0,1].</param>
/// <param name="Correct">Was the predicted class the true one?</param>
public readonly record struct LabelPoint(double Score, double InclusionProbability, bool Correct);
