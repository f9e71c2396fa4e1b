using System.Text.Json.Nodes;
using AccuracyMonitor.Injector.Decisions;

namespace AccuracyMonitor.Injector.Patching;

/// <summary>The patch of a decision; empty where nothing changes.</summary>
internal static class DecisionPatch
{
    public static JsonArray Create(PodView pod, Decision decision) => decision switch
    {
        { Plan: { } plan } => PodPatch.Create(pod, plan),
        { Repair: { } repair } => RepairPatch.Create(pod, repair),
        _ => [],
    };
}
