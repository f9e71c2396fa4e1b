using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>One draw of <see cref="Lure"/>.</summary>
/// <param name="Index">Index in the pool.</param>
/// <param name="Proposal">q_m: the probability with which it was drawn from the points not drawn yet, (0,1].</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LurePick(int Index, double Proposal);
