using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Storage.Monitors;

namespace AccuracyMonitor.Sidecar.Monitors;

/// <summary>A challenger with how it was made.</summary>
/// <param name="Kind">What was changed.</param>
/// <param name="Monitor">The lease stays its maker's.</param>
/// <param name="TrainedOn">Labels.</param>
internal sealed record Proposal(PromotionKind Kind, MonitorLease Monitor, int TrainedOn);
