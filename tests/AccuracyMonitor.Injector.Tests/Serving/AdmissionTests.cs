using System.Net;
using System.Text.Json.Nodes;
using AccuracyMonitor.Injector.Cluster;
using AccuracyMonitor.Injector.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Injector.Tests.Serving;

public sealed class AdmissionTests
{
    [Fact]
    public async Task A_pod_that_asks_is_patched_over_TLS_by_the_authority_in_the_webhook_configuration()
    {
        await using var injector = await TestInjector.StartAsync();
        injector.Api.SetNamespace("vision");
        await injector.ReadyAsync();
        await Eventually.TrueAsync(() => Task.FromResult(injector.Api.Authorities().Count > 0), "the authority is published");
        var pod = Reviews.Pod(("inject", "true"), ("model", "clothing"));

        var answer = await injector.ReviewAsync(Reviews.Of(pod));

        ((string)answer["kind"]!, (string)answer["apiVersion"]!).ShouldBe(("AdmissionReview", "admission.k8s.io/v1"));
        ((string)answer["response"]!["uid"]!).ShouldBe("705ab4f5-6393-11e8-b7cc-42010a800002");
        ((bool)answer["response"]!["allowed"]!).ShouldBeTrue();
        ((string)answer["response"]!["patchType"]!).ShouldBe("JSONPatch");
        var after = Patched.ParseStrictly(Patched.Apply(pod, Reviews.Patch(answer)));
        after.Spec.InitContainers.ShouldHaveSingleItem().RestartPolicy.ShouldBe("Always", "the cluster is 1.33");
        after.Spec.Containers[0].Env.ShouldContain(e => e.Name == "ACCURACY_MONITOR_MODEL" && e.Value == "clothing");

        var again = await injector.ReviewAsync(Reviews.Of(Patched.Apply(pod, Reviews.Patch(answer))));
        (Reviews.Reason(again), again["response"]!["patch"]).ShouldBe(("already_injected", null));
    }

    [Fact]
    public async Task What_a_namespace_says_is_read_remembered_and_used_while_the_API_server_is_away()
    {
        await using var injector = await ReadyAsync("--Kubernetes:NamespaceLifetime=0s");
        injector.Api.SetNamespace("vision", ("accuracy-monitor.io/inject", "true"));

        Reviews.Reason(await injector.ReviewAsync(Reviews.Of(Reviews.Pod()))).ShouldBe("requested");
        injector.Api.SetNamespace("vision", ("accuracy-monitor.io/inject", "false"));
        Reviews.Reason(await injector.ReviewAsync(Reviews.Of(Reviews.Pod()))).ShouldBe("opted_out");

        using (injector.AsApiServer())
        {
            injector.Api.IsDown = true;
            Reviews.Reason(await injector.ReviewAsync(Reviews.Of(Reviews.Pod()))).ShouldBe("opted_out", "what was read last");
            Reviews.Reason(await injector.ReviewAsync(Reviews.Of(Reviews.Pod(), "unknown"))).ShouldBe("namespace_unreadable");
            injector.Api.IsDown = false;
        }

        (await injector.GetAsync("/metrics")).Body.ShouldContain("accuracy_monitor_injector_namespace_reads_total{outcome=\"outdated\"} 1\n");
    }

    [Fact]
    public async Task An_old_cluster_gets_plain_sidecars()
    {
        await using var injector = await TestInjector.StartAsync(await FakeApiServer.StartAsync(minor: "28+"));
        await injector.ReadyAsync();
        await PublishedAsync(injector);
        var pod = Reviews.Pod(("inject", "true"));

        var after = Patched.ParseStrictly(Patched.Apply(pod, Reviews.Patch(await injector.ReviewAsync(Reviews.Of(pod)))));

        after.Spec.InitContainers.ShouldBeNull();
        after.Spec.Containers.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_another_webhook_drops_from_a_sidecar_is_repaired_when_the_API_server_calls_again()
    {
        await using var injector = await ReadyAsync("--Injection:RunsLast=true");
        var pod = Reviews.Pod(("inject", "true"));
        var injected = Patched.Apply(pod, Reviews.Patch(await injector.ReviewAsync(Reviews.Of(pod))));
        injected["spec"]!["initContainers"]![0]!.AsObject().Remove("restartPolicy");

        var again = await injector.ReviewAsync(Reviews.Of(injected));

        Reviews.Reason(again).ShouldBe("restored");
        Patched.ParseStrictly(Patched.Apply(injected, Reviews.Patch(again))).Spec.InitContainers.ShouldHaveSingleItem().RestartPolicy.ShouldBe("Always");
        (await injector.GetAsync("/metrics")).Body.ShouldContain(
            "accuracy_monitor_injector_injections_total{outcome=\"repaired\",reason=\"restored\"} 1\n");
    }

    [Fact]
    public async Task A_sidecar_fits_the_rules_of_its_namespace_and_of_no_other()
    {
        var api = await FakeApiServer.StartAsync();
        api[FakeApiServer.LimitRangesPath] = FakeApiServer.List("LimitRangeList", JsonNode.Parse("""
            { "metadata": { "name": "small", "namespace": "vision" }, "spec": { "limits": [ { "type": "Container", "max": { "memory": "256Mi" } } ] } }
            """)!);
        api[FakeApiServer.ResourceQuotasPath] = FakeApiServer.List("ResourceQuotaList", JsonNode.Parse("""
            { "metadata": { "name": "full", "namespace": "busy" }, "spec": {},
              "status": { "hard": { "limits.memory": "4Gi" }, "used": { "limits.memory": "4000Mi" } } }
            """)!);
        await using var injector = await TestInjector.StartAsync(api);
        await injector.ReadyAsync();
        await PublishedAsync(injector);
        var pod = Reviews.Pod(("inject", "true"));

        var small = await injector.ReviewAsync(Reviews.Of(pod));
        var full = await injector.ReviewAsync(Reviews.Of(pod, "busy"));

        Patched.ParseStrictly(Patched.Apply(pod, Reviews.Patch(small))).Spec.InitContainers.ShouldHaveSingleItem().Resources.Limits["memory"].ToString()
            .ShouldBe("256Mi");
        Reviews.Warnings(small).ShouldContain(w => w.Contains("memory 192Mi/256Mi", StringComparison.Ordinal));
        (Reviews.Reason(full), full["response"]!["patch"]).ShouldBe(("quota", null));
        Reviews.Warnings(full).ShouldHaveSingleItem().ShouldContain("the quota full leaves 96Mi of memory");
        injector.Api.Calls.Count(c => c == "GET /api/v1/limitranges").ShouldBe(1, "pods do not wait for rules");
    }

    [Theory]
    [InlineData("security.openshift.io", null)]
    [InlineData("apps", 1654L)]
    [InlineData(null, null)]
    public async Task A_sidecar_names_no_user_where_the_cluster_assigns_them(string? group, long? user)
    {
        var api = await FakeApiServer.StartAsync();
        if (group is null)
        {
            api.Unanswered = "/apis";
        }

        api["/apis"] = JsonNode.Parse($$"""
            { "kind": "APIGroupList", "groups": [ { "name": "{{group}}", "versions": [ { "groupVersion": "{{group}}/v1", "version": "v1" } ],
              "preferredVersion": { "groupVersion": "{{group}}/v1", "version": "v1" } } ] }
            """)!.AsObject();
        await using var injector = await TestInjector.StartAsync(api);
        await injector.ReadyAsync();
        await PublishedAsync(injector);
        var pod = Reviews.Pod(("inject", "true"));

        var after = Patched.ParseStrictly(Patched.Apply(pod, Reviews.Patch(await injector.ReviewAsync(Reviews.Of(pod)))));

        var context = after.Spec.InitContainers.ShouldHaveSingleItem().SecurityContext;
        (context.RunAsUser, context.RunAsGroup, context.RunAsNonRoot).ShouldBe((user, user, true));
    }

    [Fact]
    public async Task Whether_the_cluster_assigns_users_is_asked_again_soon_where_it_was_not_answered()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var api = await FakeApiServer.StartAsync();
        api.Unanswered = "/apis";
        await using var injector = await TestInjector.StartOnAsync(time, api);
        var facts = injector.Services.GetRequiredService<ClusterFacts>();
        facts.View.IsOpenShift.ShouldBeNull();

        api.Unanswered = null;
        var until = time.GetUtcNow() + TimeSpan.FromMinutes(9);
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(time.GetUtcNow() < until ? TimeSpan.FromSeconds(1) : TimeSpan.Zero);
                return Task.FromResult(facts.View.IsOpenShift == false);
            },
            "it is asked again");
    }

    [Fact]
    public async Task A_refusal_and_a_defect_admit_the_pod_with_a_warning()
    {
        await using var injector = await ReadyAsync();

        var refused = await injector.ReviewAsync(Reviews.Of(Reviews.Pod(("inject", "true"), ("objective", "2"))));
        ((bool)refused["response"]!["allowed"]!).ShouldBeTrue();
        refused["response"]!["patch"].ShouldBeNull();
        Reviews.Warnings(refused).ShouldBe(["accuracy-monitor: accuracy-monitor.io/objective is '2'; it must be a number, 0.01 to 0.9999."]);

        // Not a pod that an API server would send; a stand-in for what nobody thought of.
        var broken = Reviews.Pod(("inject", "true"));
        broken["spec"] = new JsonObject { ["containers"] = "none" };
        var failed = await injector.ReviewAsync(Reviews.Of(broken));
        ((bool)failed["response"]!["allowed"]!).ShouldBeTrue();
        Reviews.Reason(failed).ShouldBe("internal_error");
        Reviews.Warnings(failed).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("UPDATE", null)]
    [InlineData("CREATE", "eviction")]
    [InlineData("DELETE", null)]
    public async Task Anything_but_the_creation_of_a_pod_is_let_through(string operation, string? subResource)
    {
        await using var injector = await ReadyAsync();

        Reviews.Reason(await injector.ReviewAsync(Reviews.Of(Reviews.Pod(("inject", "true")), operation: operation, subResource: subResource)))
            .ShouldBe("not_a_pod_creation");
    }

    [Fact]
    public async Task What_is_no_review_is_told_so_and_counted()
    {
        await using var injector = await ReadyAsync();
        using var http = injector.AsApiServer();
        var tooLarge = new byte[(8 << 20) + 1];
        foreach (var (body, status, message) in ((byte[], HttpStatusCode, string)[])
        [
            ("{"u8.ToArray(), HttpStatusCode.BadRequest, "no JSON"),
            ("{}"u8.ToArray(), HttpStatusCode.BadRequest, "apiVersion is ''"),
            ("""{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview"}"""u8.ToArray(), HttpStatusCode.BadRequest, "admission.k8s.io/v1beta1"),
            ("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{}}"""u8.ToArray(), HttpStatusCode.BadRequest, "request.uid"),
            ("[]"u8.ToArray(), HttpStatusCode.BadRequest, "no JSON"),
            (tooLarge, HttpStatusCode.RequestEntityTooLarge, ""),
        ])
        {
            // As curl does with a large body: it hears "too large" before it has sent it.
            using var request = new HttpRequestMessage(
                HttpMethod.Post, new Uri("/mutate", UriKind.Relative))
            { Content = new ByteArrayContent(body), Headers = { ExpectContinue = true } };
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            response.StatusCode.ShouldBe(status);
            (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain(message);
        }

        (await injector.GetAsync("/metrics")).Body.ShouldContain("accuracy_monitor_injector_malformed_requests_total 6\n");
    }

    private static async Task<TestInjector> ReadyAsync(params string[] settings)
    {
        var injector = await TestInjector.StartAsync(settings);
        injector.Api.SetNamespace("vision");
        await injector.ReadyAsync();
        await PublishedAsync(injector);
        return injector;
    }

    private static async Task PublishedAsync(TestInjector injector) => await Eventually.TrueAsync(
        () => Task.FromResult(injector.Api[FakeApiServer.WebhookPath]["webhooks"]![0]!["clientConfig"]!["caBundle"] is not null), "the authority is published");
}
