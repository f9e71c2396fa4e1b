using System.Text.RegularExpressions;
using AccuracyMonitor.Injector.Tests.Support;
using k8s;
using k8s.Models;

namespace AccuracyMonitor.Injector.Tests.Chart;

/// <summary>The chart, rendered by helm itself.</summary>
internal static class ChartRendering
{
    public const string ChartFolder = "helm/accuracy-monitor";

    public static readonly Regex Image =
        new(@"^\s*image: (?<image>\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking);

    private static readonly Regex Foreign = new(
        @"^apiVersion: (monitoring\.coreos\.com|cert-manager\.io|argoproj\.io)/",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking);

    public static readonly Dictionary<string, string> ValueSets = new(StringComparer.Ordinal)
    {
        ["defaults"] = "injector.replicas=2",
        ["everything"] =
            "certificates.mode=certManager,standalone.enabled=true,standalone.access.tokensSecret=tokens,standalone.access.tlsSecret=tls,"
            + "standalone.training=true,networkPolicy.enabled=true,podMonitor.enabled=true,image.registry=registry.example:5000/team,"
            + "podMonitor.additionalLabels.release=kps,injector.excludedNamespaces={platform,build},image.pullSecrets[0].name=pull",
        ["own-settings"] =
            "sidecar.settings.Estimation:Windows:0=10m,sidecar.form=plain,"
                + "injector.settings.Listen:DrainDelay=9s,sidecar.runAsUser=null,injector.priorityClassName=high,fullnameOverride=am",
        ["standalone-only"] =
            "injector.enabled=false,standalone.enabled=true,standalone.access.allowAnonymous=true,standalone.sink=false,networkPolicy.enabled=true",
        ["placed"] =
            "injector.hostNetwork=true,injector.port=9443,injector.metricsPort=9080,injector.failurePolicy=Fail,"
            + "injector.namespaceSelector.matchLabels.team=vision,"
            + "injector.serviceAccount.annotations.role=arn,injector.podLabels.cost=ml,injector.extraEnv[0].name=TZ,injector.extraEnv[0].value=UTC,"
            + "injector.topologySpreadConstraints[0].maxSkew=1,injector.topologySpreadConstraints[0].topologyKey=zone,"
            + "injector.topologySpreadConstraints[0].whenUnsatisfiable=ScheduleAnyway,commonLabels.owner=platform,"
            + "podMonitor.enabled=true,podMonitor.interval=1m30s,"
            + "prometheusRule.enabled=true,helmTest.enabled=true",
        ["hub"] =
            "hub.enabled=true,hub.database.connection=Host=db,hub.database.secret=database,hub.access.tokensSecret=tokens,hub.access.tlsSecret=tls,"
            + "hub.access.grants={token:sidecars=observe},hub.settings.Database:Retention=30d,podMonitor.enabled=true",
    };

    public static async Task<string> RenderAsync(int helm, string values, params string[] arguments)
    {
        var (status, output, errors) = await Tool.HelmAsync(helm, ["template", "am", ChartFolder, "--namespace", "monitoring", "--set", values, .. arguments]);
        status.ShouldBe(0, errors);
        return output;
    }

    /// <summary>Every manifest of Kubernetes' own, unknown fields refused.</summary>
    public static List<IKubernetesObject<V1ObjectMeta>> Strictly(string manifests) =>
    [
        .. manifests.Split("\n---\n").Where(m => m.Contains("\nkind:", StringComparison.Ordinal) && !Foreign.IsMatch(m))
            .SelectMany(m => KubernetesYaml.LoadAllFromString(m, strict: true)).Cast<IKubernetesObject<V1ObjectMeta>>(),
    ];
}
