namespace AccuracyMonitor.Injector.Decisions;

/// <summary>What the pod has already that the sidecar needs: the API server would refuse the pod, or one of two listeners would fail.</summary>
internal static class Collisions
{
    /// <returns>The refusal; null: nothing collides.</returns>
    public static Decision? Find(PodView pod, SidecarPlan plan)
    {
        string[] volumes = plan.Request.Monitor is { Kind: not MonitorSourceKind.File }
            ? [SidecarNames.SocketVolume, SidecarNames.DataVolume, SidecarNames.MonitorVolume]
            : [SidecarNames.SocketVolume, SidecarNames.DataVolume];
        if (volumes.FirstOrDefault(v => pod.Volumes.Contains(v, StringComparer.Ordinal)) is { } volume)
        {
            return Decision.Without(Reason.NameTaken, $"no sidecar: the pod has a volume '{volume}' of its own");
        }

        foreach (var container in plan.Reporting.Select(i => pod.Containers[i]))
        {
            if (container.MountPaths.Contains(SidecarNames.SocketFolder, StringComparer.Ordinal))
            {
                return Decision.Without(Reason.PathTaken, $"no sidecar: the container {container.Name} mounts something else at {SidecarNames.SocketFolder}");
            }
        }

        return Ports(pod, plan);
    }

    private static Decision? Ports(PodView pod, SidecarPlan plan)
    {
        Dictionary<int, string> needed = [];
        foreach (var (port, changedBy) in Needed(plan))
        {
            if (!needed.TryAdd(port, changedBy))
            {
                return Decision.Without(Reason.InvalidAnnotation, $"the sidecar would need port {port} twice, for {needed[port]} and {changedBy}.");
            }
        }

        foreach (var container in pod.AllContainers)
        {
            foreach (var (_, number) in container.Ports)
            {
                if (needed.TryGetValue(number, out var changedBy))
                {
                    return Decision.Without(
                        Reason.PortTaken, $"no sidecar: the container {container.Name} has port {number}; {changedBy} gives the sidecar another");
                }
            }
        }

        return null;
    }

    private static IEnumerable<(int Port, string ChangedBy)> Needed(SidecarPlan plan)
    {
        yield return (plan.Request.HttpPort, Annotations.HttpPort);
        if (plan.Request.GrpcPort is { } grpc)
        {
            yield return (grpc, Annotations.GrpcPort);
        }

        if (plan.Request.Mode == CaptureMode.Sink)
        {
            yield return (plan.Request.SinkPort, Annotations.SinkPort);
        }

        if (plan.Request.Mode == CaptureMode.Tap)
        {
            yield return (plan.Common.TapHealthPort, "the injector's setting Injection:TapHealthPort");
        }

        if (plan.TapGrpc is not null)
        {
            yield return (plan.TapGrpc.Port, "the injector's setting Injection:TapGrpcPort");
        }

        if (plan.TapHttp is not null)
        {
            yield return (plan.TapHttp.Port, "the injector's setting Injection:TapHttpPort");
        }
    }
}
