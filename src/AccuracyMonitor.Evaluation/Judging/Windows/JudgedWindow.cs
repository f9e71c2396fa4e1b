namespace AccuracyMonitor.Evaluation.Judging.Windows;

/// <summary>What a method is given for one window.</summary>
/// <param name="Condition">The condition that the window was drawn from.</param>
/// <param name="Window">The window and its labels.</param>
/// <param name="Earlier">Rows of the windows before it.</param>
/// <param name="EarlierLabels">Labels that the earlier windows gave.</param>
/// <param name="Alpha">Error level of the interval.</param>
internal sealed record JudgedWindow(TraceCondition Condition, SimulatedWindow Window, int[] Earlier, int EarlierLabels, double Alpha);
