namespace AccuracyMonitor.Injector.Decisions;

/// <summary>Native or plain: what the cluster can run, the pod's end allows and the port to be taken over needs.</summary>
internal static class FormChooser
{
    public static (SidecarForm Form, Decision? Refusal) Choose(PodView pod, SidecarRequest request, FormChoice common, ClusterView cluster)
    {
        var wanted = request.Form ?? common switch
        {
            FormChoice.Native => SidecarForm.Native,
            FormChoice.Plain => SidecarForm.Plain,
            _ => (SidecarForm?)null,
        };
        var takenName = TakenName(pod, request);

        // Where the version is not known, plain is what runs everywhere: an older cluster drops the restartPolicy, and then the application waits
        // for ever for the end of what it takes for an init container.
        var form = wanted ?? (takenName is null && cluster.HasNativeSidecars ? SidecarForm.Native : SidecarForm.Plain);
        if (form == SidecarForm.Native && !cluster.HasNativeSidecars)
        {
            var version = cluster.Minor is { } minor ? $"this is 1.{minor}" : "and the version of this cluster could not be read";
            return Refused(Reason.NativeUnsupported, $"no sidecar: a native one needs Kubernetes 1.{ClusterView.NativeSince}, {version}");
        }

        if (form == SidecarForm.Native && takenName is not null)
        {
            return Refused(
                Reason.PortNameTaken,
                $"no sidecar: a container has the port name '{takenName}', and Services look at init containers last; {Annotations.Sidecar}: plain stands "
                    + $"before it");
        }

        if (form == SidecarForm.Plain && pod.EndsByItself)
        {
            return Refused(Reason.BlocksCompletion, "no sidecar: the pod is to end by itself, and a plain sidecar never ends");
        }

        return (form, null);

        static (SidecarForm, Decision) Refused(Reason reason, string warning) => (default, Decision.Without(reason, warning));
    }

    /// <summary>The port name that the sidecar takes over and a container has already, if any.</summary>
    private static string? TakenName(PodView pod, SidecarRequest request) => request.Mode != CaptureMode.Tap
        ? null
        : ((string?[])[request.TapGrpcPort, request.TapHttpPort])
            .FirstOrDefault(n => n is not null && pod.AllContainers.Any(c => c.Ports.Any(p => p.Name == n)));
}
