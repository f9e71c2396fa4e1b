using AccuracyMonitor.Hosting.Access;

namespace AccuracyMonitor.Hub.Composition;

/// <summary>The role that each gRPC method and each page needs. What is missing here is refused to everybody.</summary>
internal static class HubRoles
{
    private const string NoMethod = "{unimplementedMethod:grpcunimplemented}";

    private static readonly Dictionary<string, Roles> Methods = new(StringComparer.Ordinal)
    {
        // For each model that a report names, the service looks at the caller's grants.
        ["/accuracy_monitor.v1.FleetService/Report"] = Roles.Observe,

        // Probes have no token.
        ["/grpc.health.v1.Health/Check"] = Roles.None,
        ["/grpc.health.v1.Health/Watch"] = Roles.None,

        // Answered with UNIMPLEMENTED.
        [$"/{{unimplementedService}}/{NoMethod}"] = Roles.None,
        [$"/grpc.health.v1.Health/{NoMethod}"] = Roles.None,
        [$"/accuracy_monitor.v1.FleetService/{NoMethod}"] = Roles.None,
    };

    private static readonly Dictionary<string, Roles> Pages = new(StringComparer.Ordinal)
    {
        ["/"] = Roles.None,
        ["/healthz"] = Roles.None,
        ["/readyz"] = Roles.None,
        ["/metrics"] = Roles.Metrics,
        ["/estimates"] = Roles.Read,
    };

    public static EndpointRoles Table { get; } = new(Methods, Pages);
}
