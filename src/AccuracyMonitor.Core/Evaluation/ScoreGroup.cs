using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Evaluation;

/// <summary>The rows of one score.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ScoreGroup(double Score, int Right, int Wrong);
