namespace AccuracyMonitor.Core.Windows;

/// <summary>The outcome of a prediction, kept so that a retry gets the same answer and is counted once.</summary>
/// <param name="Score">g, [0,1].</param>
/// <param name="Disagreement">Standard deviation over the members, [0,0.5].</param>
/// <param name="Selected">True if a label was requested.</param>
public readonly record struct RecentOutcome(float Score, float Disagreement, bool Selected);
