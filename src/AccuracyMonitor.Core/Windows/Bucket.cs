using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Windows;

/// <summary>What happened to the predictions made in [<paramref name="Start"/>, <paramref name="Start"/> + <paramref name="Width"/>),
/// whenever their labels came.</summary>
/// <param name="Start">UTC.</param>
/// <param name="Width">Positive.</param>
/// <param name="Predictions">Every prediction of that time.</param>
/// <param name="Labels">Every label for a prediction of that time.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Bucket(DateTimeOffset Start, TimeSpan Width, PredictionSums Predictions, LabelSums Labels);
