using System.Globalization;
using System.Text.Json.Nodes;
using AccuracyMonitor.Injector.Decisions;

namespace AccuracyMonitor.Injector.Patching;

internal static class SidecarContainer
{
    public static JsonObject Create(SidecarPlan plan)
    {
        var container = new JsonObject
        {
            ["name"] = SidecarNames.Container,
            ["image"] = plan.Request.Image,
            ["imagePullPolicy"] = plan.Common.ImagePullPolicy,
        };
        if (plan.Form == SidecarForm.Native)
        {
            container["restartPolicy"] = "Always";
        }

        // Nothing can be written but in the data's folder, and the framework and SQLite want a place for temporary files.
        container["env"] = new JsonArray(
            [Variable("TMPDIR", SidecarNames.DataFolder), .. SidecarSettings.Of(plan).Select(s => Variable(SidecarSettings.Variable(s.Key), s.Value))]);
        container["ports"] = Ports(plan);
        container["resources"] = Resources(plan.Resources);
        AddProbes(container, plan);
        if (plan.DrainSeconds > 0)
        {
            // The sleep of Kubernetes (1.30): the image has no shell.
            container["lifecycle"] = new JsonObject { ["preStop"] = Sleep(plan.DrainSeconds) };
        }

        container["securityContext"] = SecurityContext(plan.User);
        container["volumeMounts"] = Mounts(plan);
        return container;
    }

    public static JsonObject Variable(string name, string value) => new() { ["name"] = name, ["value"] = value };

    public static JsonObject Sleep(int seconds) => new() { ["sleep"] = new JsonObject { ["seconds"] = seconds } };

    public static JsonObject Mount(string volume, string path, bool readOnly)
    {
        var mount = new JsonObject { ["name"] = volume, ["mountPath"] = path };
        if (readOnly)
        {
            mount["readOnly"] = true;
        }

        return mount;
    }

    public static string Written(CaptureMode mode) => mode switch
    {
        CaptureMode.Tap => "tap",
        CaptureMode.Sink => "sink",
        _ => "sdk",
    };

    private static JsonArray Ports(SidecarPlan plan)
    {
        List<(string Name, int Number)> ports = [(SidecarNames.HttpPort, plan.Request.HttpPort)];
        if (plan.Request.GrpcPort is { } grpc)
        {
            ports.Add((SidecarNames.GrpcPort, grpc));
        }

        if (plan.Request.Mode == CaptureMode.Sink)
        {
            ports.Add((SidecarNames.SinkPort, plan.Request.SinkPort));
        }

        if (plan.Request.Mode == CaptureMode.Tap)
        {
            ports.Add((SidecarNames.TapHealthPort, plan.Common.TapHealthPort));
        }

        ports.AddRange(((TapPort?[])[plan.TapGrpc, plan.TapHttp]).OfType<TapPort>().Select(t => (t.Name, t.Port)));
        return new JsonArray([.. ports.Select(p => new JsonObject { ["name"] = p.Name, ["containerPort"] = p.Number })]);
    }

    public static JsonObject Resources(SidecarResources resources)
    {
        var written = new JsonObject();
        Write(ResourceNames.Requests, static p => p.Request);
        Write(ResourceNames.Limits, static p => p.Limit);
        return written;

        void Write(string kind, Func<ResourcePair, string?> quantity)
        {
            var set = ResourceNames.All.Select(n => KeyValuePair.Create(n, (JsonNode?)quantity(resources[n]))).Where(p => p.Value is not null).ToList();
            if (set.Count > 0)
            {
                written[kind] = new JsonObject(set);
            }
        }
    }

    /// <summary>
    /// Liveness only, and slow to conclude: a restart makes the pod unready for a moment. No readiness unless the pod's traffic passes through, and
    /// no startup probe: it would hold the application back until the sidecar is up (a native one's gates the next container, a plain one's the
    /// pod's readiness), and the client needs no such order, it connects again by itself.
    /// </summary>
    private static void AddProbes(JsonObject container, SidecarPlan plan)
    {
        container["livenessProbe"] = new JsonObject
        {
            // A tap's probes ask whether bytes pass, not how monitoring fares.
            ["httpGet"] = plan.Request.Mode == CaptureMode.Tap ? Get("/livez", SidecarNames.TapHealthPort) : Get("/healthz", SidecarNames.HttpPort),
            ["initialDelaySeconds"] = 30,
            ["periodSeconds"] = 20,
            ["timeoutSeconds"] = 5,
            ["failureThreshold"] = 6,
        };
        if (plan.Request.Mode == CaptureMode.Tap)
        {
            container["readinessProbe"] = new JsonObject
            {
                ["httpGet"] = Get("/readyz", SidecarNames.TapHealthPort),
                ["periodSeconds"] = 2,
                ["timeoutSeconds"] = 2,
                ["failureThreshold"] = 3,
            };
        }

        static JsonObject Get(string path, string port) => new() { ["path"] = path, ["port"] = port };
    }

    private static JsonObject SecurityContext(int? user)
    {
        var context = new JsonObject { ["runAsNonRoot"] = true };
        if (user is not null)
        {
            context["runAsUser"] = user;
            context["runAsGroup"] = user;
        }

        context["allowPrivilegeEscalation"] = false;
        context["readOnlyRootFilesystem"] = true;
        context["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") };
        context["seccompProfile"] = new JsonObject { ["type"] = "RuntimeDefault" };
        return context;
    }

    private static JsonArray Mounts(SidecarPlan plan)
    {
        var mounts = new JsonArray(
            Mount(SidecarNames.SocketVolume, SidecarNames.SocketFolder, readOnly: false),
            Mount(SidecarNames.DataVolume, SidecarNames.DataFolder, readOnly: false));
        if (plan.Request.Monitor is { Kind: not MonitorSourceKind.File })
        {
            mounts.Add(Mount(SidecarNames.MonitorVolume, SidecarNames.MonitorFolder, readOnly: true));
        }

        return mounts;
    }
}
