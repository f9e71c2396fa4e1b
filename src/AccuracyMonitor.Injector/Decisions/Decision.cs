namespace AccuracyMonitor.Injector.Decisions;

/// <summary>What to do with a pod, and why. Nothing has been done yet.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Plan">The sidecar to add; null: none.</param>
/// <param name="Warnings">For whoever creates the pod.</param>
/// <param name="Repair">Of a sidecar that the pod has; null: none.</param>
internal sealed record Decision(Reason Reason, SidecarPlan? Plan, IReadOnlyList<string> Warnings, Repair? Repair = null)
{
    public static Decision Inject(SidecarPlan plan, IReadOnlyList<string> warnings) => new(Reason.Requested, plan, warnings);

    public static Decision Without(Reason reason, params IReadOnlyList<string> warnings) => new(reason, null, warnings);
}
