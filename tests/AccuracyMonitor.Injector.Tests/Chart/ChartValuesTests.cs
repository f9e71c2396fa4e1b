using System.Text.RegularExpressions;
using AccuracyMonitor.Injector.Tests.Support;
using k8s.Models;
using static AccuracyMonitor.Injector.Tests.Chart.ChartRendering;

namespace AccuracyMonitor.Injector.Tests.Chart;

/// <summary>What the chart's values change, and what it refuses.</summary>
[Trait("Needs", "tools")]
public sealed class ChartValuesTests
{
    [Fact]
    public async Task The_injector_listens_where_its_values_say_and_keeps_the_labels_that_selectors_rest_on()
    {
        var objects = Strictly(await RenderAsync(4, ValueSets["placed"] + @",injector.podLabels.app\.kubernetes\.io/name=other"));
        var deployment = objects.OfType<V1Deployment>().Single();
        var pod = deployment.Spec.Template;

        pod.Spec.Containers.Single().Ports.Select(p => (p.Name, p.ContainerPort)).ShouldBe([("admission", 9443), ("metrics", 9080)]);
        pod.Spec.Containers.Single().Env.Single(e => e.Name == "ACCURACY_MONITOR_INJECTOR_Listen__Port").Value.ShouldBe("9443");
        pod.Spec.Containers.Single().Env.Single(e => e.Name == "TZ").Value.ShouldBe("UTC");
        (pod.Spec.HostNetwork, pod.Spec.DnsPolicy).ShouldBe((true, "ClusterFirstWithHostNet"));
        deployment.Spec.Selector.MatchLabels.ShouldAllBe(l => pod.Metadata.Labels[l.Key] == l.Value);
        pod.Metadata.Labels["cost"].ShouldBe("ml");
        objects.ShouldAllBe(o => o.Metadata.Labels["owner"] == "platform");
        objects.OfType<V1MutatingWebhookConfiguration>().Single().Webhooks.ShouldAllBe(
            w => w.FailurePolicy == "Fail" && w.NamespaceSelector.MatchLabels["team"] == "vision");
    }

    [Fact]
    public async Task Further_objects_are_made_with_their_templates_expanded()
    {
        const string Wanted = """[{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "more" }, "data": { "release": "{{ .Release.Name }}" } }]""";
        var objects = Strictly(await RenderAsync(4, "injector.replicas=2", "--set-json", $"extraObjects={Wanted}"));

        objects.OfType<V1ConfigMap>().Single(c => c.Metadata.Name == "more").Data["release"].ShouldBe("am");
    }

    [Fact]
    public async Task Alerts_are_left_out_and_changed_by_name()
    {
        var plain = await RenderAsync(4, "prometheusRule.enabled=true");
        var changed = await RenderAsync(
            4,
            "prometheusRule.enabled=true,prometheusRule.alerts.AccuracyLabelQueueOld.enabled=false,prometheusRule.alerts.AccuracyMonitorInvalid.severity=page,"
                + "prometheusRule.alerts.AccuracyMonitorInvalid.for=7h,prometheusRule.alertLabels.team=vision,prometheusRule.alertLabels.severity=none");

        plain.ShouldContain("alert: AccuracyLabelQueueOld");
        changed.ShouldNotContain("alert: AccuracyLabelQueueOld");
        Regex.Count(changed, "^ +team: vision$", RegexOptions.Multiline | RegexOptions.NonBacktracking)
            .ShouldBe(Regex.Count(changed, "^ +(- )?alert: ", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture));
        changed.ShouldContain("severity: page");
        changed.ShouldContain("for: 7h");
        changed.ShouldNotContain("severity: none", Case.Sensitive, "what an alert says itself wins");
    }

    /// <summary>Who renders to apply later must not run a test pod by it.</summary>
    [Fact]
    public async Task The_test_pod_is_in_no_rendered_manifest_unless_it_is_asked_for()
    {
        (await RenderAsync(3, "injector.replicas=2")).ShouldNotContain("helm.sh/hook");
        (await RenderAsync(4, "injector.replicas=2")).ShouldNotContain("helm.sh/hook");
        (await RenderAsync(4, "helmTest.enabled=true")).ShouldContain("helm.sh/hook: test");
    }

    [Fact]
    public void The_chart_names_the_images_of_its_version()
    {
        var chart = File.ReadAllText(Path.Combine(Repository.Root, ChartFolder, "Chart.yaml"));
        var version = Regex.Match(chart, "^appVersion: \"(?<v>.+)\"$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking);

        Image.Matches(chart).Select(m => m.Groups["image"].Value).ShouldBe(
            ((string[])["injector", "sidecar", "trainer", "hub"]).Select(i => $"accuracy-monitor/{i}:{version.Groups["v"].Value}"));
    }

    [Fact]
    public async Task The_hub_is_given_settings_that_it_has_and_a_Service_that_leads_to_its_ports()
    {
        var objects = Strictly(await RenderAsync(4, ValueSets["hub"]));
        var hub = objects.OfType<V1Deployment>().Single(d => d.Metadata.Name.EndsWith("-hub", StringComparison.Ordinal)).Spec.Template;
        var container = hub.Spec.Containers.Single();
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/reference/hub-settings.md"));

        var settings = container.Env.Where(e => e.Name.StartsWith("ACCURACY_MONITOR_HUB_", StringComparison.Ordinal))
            .Select(e => string.Join(':', e.Name["ACCURACY_MONITOR_HUB_".Length..].Split("__").Where(part => !int.TryParse(part, out _)))).ToList();

        settings.Count.ShouldBeGreaterThan(8);
        settings.Where(s => !page.Contains($"`{s}`", StringComparison.Ordinal)).ShouldBeEmpty("not on the page of the hub's settings");
        container.VolumeMounts.Select(m => m.Name).ShouldBe(hub.Spec.Volumes.Select(v => v.Name), ignoreOrder: true);
        var service = objects.OfType<V1Service>().Single(s => s.Metadata.Name.EndsWith("-hub", StringComparison.Ordinal));
        service.Spec.Ports.Select(p => p.TargetPort.Value).ShouldBe(container.Ports.Select(p => p.Name), ignoreOrder: true);
        service.Spec.Selector.ShouldAllBe(l => hub.Metadata.Labels[l.Key] == l.Value);
    }

    [Theory]
    [InlineData("injector.replicas=0", "injector", "replicas")]
    [InlineData("injector.timeoutSeconds=10", "timeoutSeconds", "5")]
    [InlineData("injector.replica=3", "injector", "replica")]
    [InlineData("image.sidecar.tag=latest", "accuracy-monitor/sidecar is 'latest'", "name a version")]
    [InlineData("sidecar.runAsUser=0", "runAsUser", "1")]
    [InlineData("sidecar.form=sidecar", "form", "native")]
    [InlineData("certificates.mode=none", "mode", "certManager")]
    [InlineData("sidecar.resources.limits.memory=lots", "memory", "")]
    [InlineData("sidecar.settings.Objective=0.9", "does not match pattern", "A-Za-z")]
    [InlineData("standalone.persistence.accessMode=ReadWriteMany", "accessMode", "ReadWriteOnce")]
    [InlineData("networkPolicy.apiServerPorts={99999}", "apiServerPorts", "65")]
    [InlineData("injector=null", "injector", "")]
    [InlineData("injector.resources=null", "resources", "")]
    [InlineData("injector.settings.Listen:Port=9443", "injector.settings may not have Listen:Port", "injector.port")]
    [InlineData("injector.podDisruptionBudget.minAvailable=2", "minAvailable is 2 with 2 replicas", "below the number of replicas")]
    [InlineData("podMonitor.interval=1.5h", "interval", "does not match pattern")]
    [InlineData("certificates.certManager.duration=90d", "duration", "does not match pattern")]
    [InlineData("prometheusRule.enabled=true,prometheusRule.alerts.Unknown.enabled=false", "prometheusRule.alerts.Unknown", "AccuracyLabelQueueOld")]
    [InlineData("hub.enabled=true", "it has no database", "hub.database.connection")]
    [InlineData("hub.enabled=true,hub.database.connection=Host=db;Password=secret", "hub.database.connection has a password", "hub.database.secret")]
    [InlineData("hub.enabled=true,hub.database.connection=Host=db", "nobody could be authenticated", "hub.access.tokensSecret")]
    [InlineData("standalone.enabled=true", "nobody could be authenticated", "standalone.access.tokensSecret")]
    [InlineData("standalone.enabled=true,standalone.access.allowAnonymousSink=true", "nobody could be authenticated", "standalone.access.allowAnonymous")]
    [InlineData("standalone.enabled=true,standalone.access.allowAnonymous=true", "no sender could be authenticated", "standalone.access.allowAnonymousSink")]
    public async Task Nonsense_is_refused_by_name(string value, string names, string says)
    {
        foreach (var helm in (int[])[3, 4])
        {
            var (status, _, errors) = await Tool.HelmAsync(helm, "template", "am", ChartFolder, "--set", value);

            status.ShouldNotBe(0);
            errors.ShouldContain(names);
            errors.ShouldContain(says);
        }
    }
}
