using AccuracyMonitor.Hosting.Access;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>The role that each gRPC method and each page needs. What is missing here is refused to everybody.</summary>
internal static class SidecarRoles
{
    private const string Package = "/accuracy_monitor.v1";
    private const string NoMethod = "{unimplementedMethod:grpcunimplemented}";

    private static readonly string[] Services =
        [$"{Package}.PredictionService", $"{Package}.LabelService", $"{Package}.EstimateService", $"{Package}.MonitorService",
            $"{Package}.AuditService"];

    private static readonly Dictionary<string, Roles> Methods = new(StringComparer.Ordinal)
    {
        [$"{Package}.PredictionService/Observe"] = Roles.Observe,
        [$"{Package}.PredictionService/Score"] = Roles.Observe,

        [$"{Package}.LabelService/Lease"] = Roles.Label,
        [$"{Package}.LabelService/Extend"] = Roles.Label,
        [$"{Package}.LabelService/Complete"] = Roles.Label,
        [$"{Package}.LabelService/Release"] = Roles.Label,
        [$"{Package}.LabelService/Skip"] = Roles.Label,
        [$"{Package}.LabelService/Retract"] = Roles.Label,
        [$"{Package}.LabelService/ListRequests"] = Roles.Label,
        [$"{Package}.LabelService/ListOpinions"] = Roles.Label,
        [$"{Package}.LabelService/SetGold"] = Roles.Administer,
        [$"{Package}.LabelService/AttachInput"] = Roles.Observe,
        [$"{Package}.LabelService/GetInput"] = Roles.Label,
        [$"{Package}.LabelService/RetractBy"] = Roles.Administer,
        [$"{Package}.LabelService/Forget"] = Roles.Administer,
        [$"{Package}.LabelService/Watch"] = Roles.Read,
        [$"{Package}.LabelService/GetQueue"] = Roles.Read,
        [$"{Package}.LabelService/GetClasses"] = Roles.Label,

        [$"{Package}.EstimateService/GetEstimate"] = Roles.Read,
        [$"{Package}.EstimateService/ListEstimates"] = Roles.Read,
        [$"{Package}.EstimateService/WatchEstimates"] = Roles.Read,
        [$"{Package}.EstimateService/CompareVersions"] = Roles.Read,
        [$"{Package}.EstimateService/GetLabelQuality"] = Roles.Read,

        [$"{Package}.MonitorService/ListMonitors"] = Roles.Read,
        [$"{Package}.MonitorService/RegisterMonitor"] = Roles.Administer,
        [$"{Package}.MonitorService/ActivateMonitor"] = Roles.Administer,
        [$"{Package}.MonitorService/RollBackMonitor"] = Roles.Administer,
        [$"{Package}.MonitorService/AdaptMonitor"] = Roles.Administer,
        [$"{Package}.MonitorService/DeleteModel"] = Roles.Administer,

        [$"{Package}.AuditService/ListAuditEntries"] = Roles.Administer,

        // What the label page and the page of a model call. The services look at the model, as for the methods above.
        ["/label/api/session"] = Roles.None,
        ["/label/api/sign-in"] = Roles.None,
        ["/label/api/sign-out"] = Roles.None,
        ["/label/api/lease"] = Roles.Label,
        ["/label/api/extend"] = Roles.Label,
        ["/label/api/release"] = Roles.Label,
        ["/label/api/complete"] = Roles.Label,
        ["/label/api/skip"] = Roles.Label,
        ["/label/api/retract"] = Roles.Label,
        ["/label/api/classes"] = Roles.Label,
        ["/label/api/guidelines"] = Roles.Label,
        ["/label/api/progress"] = Roles.Label,
        ["/label/api/requests"] = Roles.Label,
        ["/label/api/models"] = Roles.Read,
        ["/label/api/quality"] = Roles.Read,

        // Probes have no token, and these say whether work gets done and nothing of the data.
        ["/grpc.health.v1.Health/Check"] = Roles.None,
        ["/grpc.health.v1.Health/Watch"] = Roles.None,

        ["/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"] = Roles.Read,
        ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"] = Roles.Read,

        // Answered with UNIMPLEMENTED.
        [$"/{{unimplementedService}}/{NoMethod}"] = Roles.None,
        [$"/grpc.health.v1.Health/{NoMethod}"] = Roles.None,
        [$"/grpc.reflection.v1alpha.ServerReflection/{NoMethod}"] = Roles.None,
        [$"/grpc.reflection.v1.ServerReflection/{NoMethod}"] = Roles.None,
        [$"{Services[0]}/{NoMethod}"] = Roles.None,
        [$"{Services[1]}/{NoMethod}"] = Roles.None,
        [$"{Services[2]}/{NoMethod}"] = Roles.None,
        [$"{Services[3]}/{NoMethod}"] = Roles.None,
        [$"{Services[4]}/{NoMethod}"] = Roles.None,
    };

    private static readonly Dictionary<string, Roles> Pages = new(StringComparer.Ordinal)
    {
        ["/healthz"] = Roles.None,
        ["/readyz"] = Roles.None,

        // The pages have no data in them.
        ["/"] = Roles.None,
        ["/label"] = Roles.None,
        ["/models"] = Roles.None,
        ["/assets/{name}"] = Roles.None,
        ["/metrics"] = Roles.Metrics,
        ["/estimates"] = Roles.Read,
        ["/label/input"] = Roles.Label,
    };

    public static EndpointRoles Table { get; } = new(Methods, Pages);
}
