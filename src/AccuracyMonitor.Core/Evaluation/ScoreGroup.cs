using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Evaluation;

/// <summary>Counts of the rows with the same score.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ScoreGroup(double Score, int Right, int Wrong);
