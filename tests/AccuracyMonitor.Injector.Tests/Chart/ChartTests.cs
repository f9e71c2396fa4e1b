using System.Text.RegularExpressions;
using AccuracyMonitor.Injector.Certificates;
using AccuracyMonitor.Injector.Decisions;
using AccuracyMonitor.Injector.Hosting;
using AccuracyMonitor.Injector.Tests.Support;
using k8s;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static AccuracyMonitor.Injector.Tests.Chart.ChartRendering;

namespace AccuracyMonitor.Injector.Tests.Chart;

[Trait("Needs", "tools")]
public sealed class ChartTests
{
    public static TheoryData<string, int> SetsAndVersions => [.. ValueSets.Keys.SelectMany(s => (int[])[3, 4], (s, v) => (s, v))];

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task It_lints_strictly(int helm)
    {
        var (status, output, errors) = await Tool.HelmAsync(helm, "lint", "--strict", ChartFolder);

        (output + errors).ShouldContain("1 chart(s) linted, 0 chart(s) failed");
        status.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(SetsAndVersions))]
    public async Task It_renders_what_Kubernetes_takes(string set, int helm)
    {
        var manifests = await RenderAsync(helm, ValueSets[set]);

        var (status, output, errors) = await Tool.ModelsAsync(manifests);
        status.ShouldBe(0, output + errors);
        output.ShouldContain(" valid");
        foreach (var item in Strictly(manifests))
        {
            var metadata = item.Metadata;
            foreach (var label in (string[])["name", "instance", "version", "component", "part-of", "managed-by"])
            {
                metadata.Labels.Keys.ShouldContain($"app.kubernetes.io/{label}", $"{item.Kind} {metadata.Name}");
            }
        }

        var images = Image.Matches(manifests).Select(m => m.Groups["image"].Value).ToList();
        images.ShouldNotBeEmpty();
        images.ShouldAllBe(i => Names.IsPinnedImage(i));
    }

    [Theory]
    [MemberData(nameof(SetsAndVersions))]
    public async Task Its_pods_pass_the_restricted_pod_security_standard(string set, int helm)
    {
        foreach (var pod in Strictly(await RenderAsync(helm, ValueSets[set])).Select(PodOf).OfType<V1PodSpec>())
        {
            pod.SecurityContext.RunAsNonRoot.ShouldBe(true);
            pod.SecurityContext.SeccompProfile.Type.ShouldBe("RuntimeDefault");
            pod.Containers.ShouldAllBe(c => c.SecurityContext.AllowPrivilegeEscalation == false && c.SecurityContext.ReadOnlyRootFilesystem == true);
            pod.Containers.ShouldAllBe(c => c.SecurityContext.Capabilities.Drop.Single() == "ALL" && c.Resources.Limits.ContainsKey("memory"));
        }
    }

    [Theory]
    [InlineData("defaults")]
    [InlineData("own-settings")]
    public async Task The_injector_takes_the_settings_it_is_given(string set)
    {
        var container = Strictly(await RenderAsync(4, ValueSets[set])).OfType<V1Deployment>().Single().Spec.Template.Spec.Containers.Single();
        await using var api = await FakeApiServer.StartAsync();
        var folder = Directory.CreateTempSubdirectory("am-chart-").FullName;
        string[] settings =
        [
            .. container.Env.Where(e => e.Name.StartsWith(InjectorApplication.EnvironmentPrefix, StringComparison.Ordinal))
                .Select(e => $"--{e.Name[InjectorApplication.EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal)}={e.Value}"),
            $"--Kubernetes:Kubeconfig={api.WriteKubeconfig(folder)}",
        ];

        await using var app = InjectorApplication.Build(settings);
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        var injection = app.Services.GetRequiredService<IOptions<InjectionOptions>>().Value;
        if (set == "own-settings")
        {
            (injection.RunAsUser, injection.Sidecar, injection.Settings.ShouldHaveSingleItem()).ShouldBe((-1, FormChoice.Plain, "Estimation:Windows:0=10m"));
        }
        else
        {
            (injection.RunAsUser, injection.Sidecar, injection.Image).ShouldBe((null, FormChoice.Auto, "accuracy-monitor/sidecar:0.1.0"));
        }

        injection.RunsLast.ShouldBeTrue();
        app.Services.GetRequiredService<IOptions<CertificateOptions>>().Value.WebhookConfiguration.ShouldStartWith("zz-");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task On_OpenShift_pods_run_as_the_users_of_their_namespaces_unless_the_operator_names_one()
    {
        string[] openShift = ["--api-versions", "security.openshift.io/v1"];
        foreach (var (values, arguments, user) in ((string, string[], long?)[])
        [
            (ValueSets["everything"], [], 1654), (ValueSets["everything"], openShift, null), (ValueSets["own-settings"], [], null),
            ($"{ValueSets["everything"]},sidecar.runAsUser=2000", openShift, 2000),
        ])
        {
            foreach (var pod in Strictly(await RenderAsync(4, values, arguments)).Select(PodOf).OfType<V1PodSpec>())
            {
                (pod.SecurityContext.RunAsUser, pod.SecurityContext.RunAsGroup, pod.SecurityContext.FsGroup).ShouldBe((user, user, user));
                pod.SecurityContext.RunAsNonRoot.ShouldBe(true);
            }
        }
    }

    /// <summary>Helm reads numbers of a values file as floating point, and prints large ones with an exponent.</summary>
    [Fact]
    public async Task Large_numbers_of_a_values_file_are_written_in_full()
    {
        var file = Path.GetTempFileName();
        const string Numbers = """sidecar: { runAsUser: 1000650000, settings: { "Memory:StateBytes": 268435456, "Sampling:Budget": 0.25 } }""";
        await File.WriteAllTextAsync(file, Numbers, TestContext.Current.CancellationToken);

        var manifests = await RenderAsync(4, ValueSets["everything"], "-f", file);
        File.Delete(file);

        manifests.ShouldContain("runAsUser: 1000650000\n");
        manifests.ShouldContain("value: \"1000650000\"");
        manifests.ShouldContain("value: \"Memory:StateBytes=268435456\"");
        manifests.ShouldContain("value: \"Sampling:Budget=0.25\"");
        manifests.ShouldNotContain("e+0");
    }

    [Theory]
    [InlineData("tokensSecret=tokens,standalone.access.allowAnonymousSink=true", "Sink:AllowAnonymous=true")]
    [InlineData("allowAnonymous=true,standalone.sink=false", "Access:LocalRoles=observe,read,label Listen:AllowAnonymous=true")]
    [InlineData("tokensSecret=tokens", "")]
    public async Task The_standalone_monitor_opens_to_anybody_what_was_asked_for_and_never_administration(string access, string open)
    {
        var manifests = await RenderAsync(4, $"standalone.enabled=true,standalone.access.{access}");

        var settings = Strictly(manifests).OfType<V1StatefulSet>().Single().Spec.Template.Spec.Containers.Single().Env
            .Select(e => $"{e.Name.Replace("ACCURACY_MONITOR_", "", StringComparison.Ordinal).Replace("__", ":", StringComparison.Ordinal)}={e.Value}")
            .Where(s => s.Contains("AllowAnonymous", StringComparison.Ordinal) || s.Contains("LocalRoles", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        string.Join(' ', settings).ShouldBe(open);
        var showsEstimates = open.Contains("Listen:AllowAnonymous", StringComparison.Ordinal);
        manifests.Contains("This port shows everybody metrics, health and /estimates", StringComparison.Ordinal).ShouldBe(showsEstimates);
        manifests.Contains("Without a token this port shows metrics and health and nothing else.", StringComparison.Ordinal).ShouldBe(!showsEstimates);
    }

    /// <summary>The image answers gRPC on 127.0.0.1, as a sidecar should: a Service would lead to a port that refuses every connection.</summary>
    [Fact]
    public async Task The_standalone_monitor_listens_where_its_service_leads_whatever_addresses_the_image_sets()
    {
        // The hub's image is another one.
        var image = File.ReadAllText(Path.Combine(Repository.Root, "Dockerfile")).Split([' ', '\n', '=']).Where(
            w => w.StartsWith("ACCURACY_MONITOR_", StringComparison.Ordinal) && !w.StartsWith("ACCURACY_MONITOR_HUB_", StringComparison.Ordinal)
                && w.EndsWith("Address", StringComparison.Ordinal)).Distinct().ToArray();
        image.ShouldContain("ACCURACY_MONITOR_Listen__GrpcAddress");

        var env = Strictly(await RenderAsync(4, "standalone.enabled=true,standalone.access.tokensSecret=tokens"))
            .OfType<V1StatefulSet>().Single().Spec.Template.Spec.Containers.Single().Env;

        env.Where(e => image.Contains(e.Name, StringComparer.Ordinal)).Select(e => (e.Name, e.Value)).ShouldBe(image.Select(n => (n, "::")), ignoreOrder: true);
    }

    [Theory]
    [InlineData("", "kubernetes.io/h2c")]
    [InlineData(",standalone.access.tlsSecret=tls", null)]
    public async Task The_standalone_service_leads_to_ports_that_the_container_has(string tls, string? protocol)
    {
        var objects = Strictly(await RenderAsync(4, $"standalone.enabled=true,standalone.access.tokensSecret=tokens{tls}"));

        var ports = objects.OfType<V1Service>().Single(static s => s.Metadata.Name.EndsWith("-standalone", StringComparison.Ordinal)).Spec.Ports;
        var ofContainer = objects.OfType<V1StatefulSet>().Single().Spec.Template.Spec.Containers.Single().Ports;
        ports.Select(static p => $"{p.TargetPort.Value} {p.Port}").ShouldBe(ofContainer.Select(static p => $"{p.Name} {p.ContainerPort}"));
        ports.Single(static p => p.Name == "grpc").AppProtocol.ShouldBe(protocol);
    }

    [Theory]
    [InlineData("allowAnonymousSink=true", "metrics on http://am-accuracy-monitor-standalone.default.svc:7701/metrics, events of KServe's logger on http:")]
    [InlineData("tlsSecret=tls", "metrics on https://am-accuracy-monitor-standalone.default.svc:7701/metrics, events with a token on https:")]
    public async Task The_notes_name_addresses_that_answer(string access, string addresses)
    {
        var (status, output, errors) = await Tool.HelmAsync(
            4, "install", "am", ChartFolder, "--dry-run=client",
            "--set", $"standalone.enabled=true,standalone.access.tokensSecret=tokens,standalone.access.{access}");
        status.ShouldBe(0, errors);
        output.ReplaceLineEndings(" ").ShouldContain(addresses);
    }

    [Fact]
    public async Task A_webhook_never_blocks_and_each_pod_reaches_one_at_most()
    {
        var all = Strictly(await RenderAsync(4, ValueSets["everything"]));
        var configuration = all.OfType<V1MutatingWebhookConfiguration>().Single();

        configuration.Webhooks.ShouldAllBe(
            w => w.FailurePolicy == "Ignore" && w.TimeoutSeconds <= 5 && w.SideEffects == "None" && w.ReinvocationPolicy == "IfNeeded");
        configuration.Webhooks.ShouldAllBe(w => w.MatchConditions.Count == 2 && w.ClientConfig.CaBundle == null);
        string[] operators =
            [.. configuration.Webhooks.Select(w => w.NamespaceSelector.MatchExpressions.Single(e => e.Key == "accuracy-monitor.io/inject").OperatorProperty)];
        operators.ShouldBe(["NotIn", "In"]);
        foreach (var webhook in configuration.Webhooks)
        {
            webhook.NamespaceSelector.MatchExpressions.Single(e => e.Key == "kubernetes.io/metadata.name").Values
                .ShouldBe(["kube-system", "kube-public", "kube-node-lease", "monitoring", "platform", "build"]);
        }

        configuration.Name().ShouldBe("zz-am-accuracy-monitor-injector", "what others break is repaired by who comes last");
        configuration.Metadata.Annotations["cert-manager.io/inject-ca-from"].ShouldBe("monitoring/am-accuracy-monitor-injector");
        all.OfType<V1Role>().ShouldBeEmpty("with cert-manager the injector reads namespaces and their rules and no more");
        all.OfType<V1ClusterRole>().Single().Rules.Select(r => $"{string.Join(',', r.Verbs)} {string.Join(',', r.Resources)}")
            .ShouldBe(["get namespaces", "list limitranges,resourcequotas"]);
        all.OfType<V1Service>().Single(s => s.Name().EndsWith("-injector", StringComparison.Ordinal)).Name()
            .ShouldBe(configuration.Webhooks[0].ClientConfig.Service.Name);
    }

    [Fact]
    public async Task An_older_cluster_gets_no_match_conditions_which_it_would_not_know()
    {
        var configuration = Strictly(await RenderAsync(3, ValueSets["defaults"], "--kube-version", "1.27.0")).OfType<V1MutatingWebhookConfiguration>().Single();

        configuration.Webhooks.ShouldAllBe(w => w.MatchConditions == null);
    }

    [Fact]
    public async Task The_sidecar_without_the_webhook_is_the_one_that_the_injector_adds()
    {
        var (status, output, errors) = await Tool.KubectlAsync("kustomize", "helm/kustomize/example");
        status.ShouldBe(0, errors);
        (await Tool.ModelsAsync(output)).Output.ShouldContain("1 valid");
        var pod = ((V1Deployment)KubernetesYaml.LoadAllFromString(output, strict: true).Single()).Spec.Template;

        var golden = GoldenCase.Read("sdk-minimal");
        var injected = Patched.ParseStrictly(Patched.Apply(golden.Pod, golden.Answer()["patch"]!.AsArray()));
        var expected = injected.Spec.InitContainers.Single();
        expected.Image = pod.Spec.InitContainers.Single().Image;
        KubernetesJson.Serialize(pod.Spec.InitContainers.Single()).ShouldBe(KubernetesJson.Serialize(expected));
        KubernetesJson.Serialize(pod.Spec.Volumes).ShouldBe(KubernetesJson.Serialize(injected.Spec.Volumes));
        KubernetesJson.Serialize(pod.Spec.Containers[0].VolumeMounts).ShouldBe(KubernetesJson.Serialize(injected.Spec.Containers[0].VolumeMounts));
        pod.Spec.Containers[0].Env[0].Value.ShouldBe(injected.Spec.Containers[0].Env[0].Value);
        pod.Metadata.Labels[Annotations.InjectedLabel].ShouldBe("true");
    }

    private static V1PodSpec? PodOf(IKubernetesObject<V1ObjectMeta> item) => item switch
    {
        V1Deployment deployment => deployment.Spec.Template.Spec,
        V1StatefulSet set => set.Spec.Template.Spec,
        V1Pod pod => pod.Spec,
        _ => null,
    };
}
