namespace AccuracyMonitor.Core.Windows;

/// <summary>What a prediction was answered, kept so that a retry is answered the same and counted once.</summary>
/// <param name="Score">g, [0,1].</param>
/// <param name="Disagreement">Standard deviation over the members, [0,0.5].</param>
/// <param name="Selected">Was a label requested?</param>
public readonly record struct RecentOutcome(float Score, float Disagreement, bool Selected);
