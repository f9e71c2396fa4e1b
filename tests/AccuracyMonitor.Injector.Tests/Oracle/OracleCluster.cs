using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Tests.Oracle;

/// <summary>What an API server judges a pod by, beside the pod.</summary>
internal sealed record OracleCluster
{
    public int Minor { get; init; } = 33;

    /// <summary>The namespace's users on OpenShift; null: another cluster.</summary>
    public (long First, long Count)? Users { get; init; }

    /// <summary>LimitRange objects of the namespace.</summary>
    public IReadOnlyList<JsonObject> LimitRanges { get; init; } = [];

    /// <summary>ResourceQuota objects of the namespace, with status.</summary>
    public IReadOnlyList<JsonObject> Quotas { get; init; } = [];

    public bool HasPodLevelResources => Minor >= 34;
}
