using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Windows;

/// <summary>Sums of the predictions made in [<paramref name="Start"/>, <paramref name="Start"/> + <paramref name="Width"/>) and of their
/// labels, whenever those came.</summary>
/// <param name="Start">UTC.</param>
/// <param name="Width">Positive.</param>
/// <param name="Predictions">Sums over the predictions made in that time.</param>
/// <param name="Labels">Sums over the labels of these predictions.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Bucket(DateTimeOffset Start, TimeSpan Width, PredictionSums Predictions, LabelSums Labels);
