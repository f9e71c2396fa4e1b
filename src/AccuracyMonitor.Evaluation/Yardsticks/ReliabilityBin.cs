using System.Runtime.InteropServices;

namespace AccuracyMonitor.Evaluation.Yardsticks;

/// <summary>A point of a reliability diagram.</summary>
/// <param name="Score">Mean score of the bin.</param>
/// <param name="Accuracy">Share of right answers in it, [0,1].</param>
/// <param name="Count">Rows in it, positive; not whole where equal scores lie on both sides of an edge.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ReliabilityBin(double Score, double Accuracy, double Count);
