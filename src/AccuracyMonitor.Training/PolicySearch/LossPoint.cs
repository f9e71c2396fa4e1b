using System.Runtime.InteropServices;

namespace AccuracyMonitor.Training.PolicySearch;

/// <summary>One evaluation during a run.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Loss">Logistic loss of the uncalibrated ensemble on the held-out part, nats.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LossPoint(int Step, double Loss);
