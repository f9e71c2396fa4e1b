using System.Runtime.InteropServices;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>Requests of the probability sample that were answered or skipped.</summary>
/// <param name="Answered">Σ1/π.</param>
/// <param name="Skipped">Σ1/π.</param>
/// <param name="Skips">Number of skipped ones.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AnsweredAndSkipped(double Answered, double Skipped, long Skips);
