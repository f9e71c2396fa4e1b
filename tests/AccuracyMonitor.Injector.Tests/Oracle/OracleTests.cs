using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Tests.Oracle;

/// <summary>The oracle says what an API server of Kubernetes 1.36 was seen to say.</summary>
public sealed class OracleTests
{
    private const string Sidecar = """
        "name": "s", "image": "i:1", "livenessProbe": { "httpGet": { "path": "/", "port": 1 } }
        """;

    [Theory]
    [InlineData("""{ "containers": [ { "name": "a", "image": "i:1" } ] }""", "")]
    [InlineData("""{ "containers": [ { "name": "a", "image": "i:1" } ], "initContainers": [ {""" + Sidecar + """, "restartPolicy": "Always" } ] }""", "")]
    [InlineData("""{ "containers": [ { "name": "a", "image": "i:1" } ], "initContainers": [ {""" + Sidecar + """ } ] }""",
        "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always")]
    [InlineData("""{ "containers": [ { "name": "a", "image": "i:1", "lifecycle": { "preStop": {} } } ] }""", "must specify a handler type")]
    [InlineData("""{ "containers": [ { "name": "a", "image": "i:1", "lifecycle": { "preStop": { "sleep": { "seconds": 40 } } } } ] }""", "less than 30")]
    [InlineData("""{ "containers": [ { "name": "a", "image": "i:1", "resources": { "requests": { "cpu": "2" }, "limits": { "cpu": "1" } } } ] }""",
        "must be less than or equal to cpu limit")]
    [InlineData("""
        { "resources": { "requests": { "memory": "512Mi" } },
          "containers": [ { "name": "a", "image": "i:1", "resources": { "requests": { "memory": "704Mi" } } } ] }
        """, "must be greater than or equal to aggregate container requests of 738197504")]
    [InlineData("""
        { "resources": { "limits": { "memory": "512Mi" } }, "containers": [ { "name": "a", "image": "i:1", "resources": { "limits": { "memory": "1Gi" } } } ] }
        """, "must be less than or equal to pod limits of 536870912")]
    public void A_pod_is_valid_or_refused(string spec, string error) => ShouldSay(spec, new OracleCluster { Minor = 34 }, error);

    [Fact]
    public void A_hook_that_an_older_server_drops_leaves_one_without_a_handler()
    {
        const string spec = """{ "containers": [ { "name": "a", "image": "i:1", "lifecycle": { "preStop": { "sleep": { "seconds": 4 } } } } ] }""";

        ShouldSay(spec, new OracleCluster { Minor = 29 }, "must specify a handler type");
        ShouldSay(spec, new OracleCluster { Minor = 30 }, "");
    }

    [Theory]
    [InlineData("""{ "type": "Container", "max": { "memory": "256Mi" } }""", "maximum memory usage per Container is 268435456, but limit is 536870912")]
    [InlineData("""{ "type": "Container", "maxLimitRequestRatio": { "memory": "2" } }""", "memory max limit to request ratio per Container is 2")]
    [InlineData("""{ "type": "Container", "maxLimitRequestRatio": { "cpu": "4" } }""", "but no limit is specified")]
    [InlineData("""{ "type": "Container", "min": { "cpu": "100m" } }""", "minimum cpu usage per Container is 0.1, but request is 0.05")]
    [InlineData("""{ "type": "Container", "default": { "cpu": "20m" } }""", "must be less than or equal to cpu limit")]
    [InlineData("""{ "type": "Container", "default": { "cpu": "1" } }""", "")]
    [InlineData("""{ "type": "Pod", "max": { "memory": "256Mi" } }""", "maximum memory usage per Pod is 268435456, but limit is 536870912")]
    [InlineData("""{ "type": "Pod", "min": { "cpu": "50m" } }""", "")]
    public void A_LimitRange_gives_defaults_and_bounds(string item, string error) => ShouldSay(
        Ours, new OracleCluster { LimitRanges = [new JsonObject { ["spec"] = new JsonObject { ["limits"] = new JsonArray(JsonNode.Parse(item)) } }] }, error);

    [Theory]
    [InlineData("""{ "limits.cpu": "4" }""", "{}", "", "must specify limits.cpu for: accuracy-monitor")]
    [InlineData("""{ "requests.memory": "1Gi" }""", """{ "requests.memory": "900Mi" }""", "", "exceeded quota: q, requested: requests.memory=201326592")]
    [InlineData("""{ "requests.memory": "1Gi" }""", """{ "requests.memory": "800Mi" }""", "", "")]
    [InlineData("""{ "limits.cpu": "4" }""", "{}", "BestEffort", "")]
    [InlineData("""{ "limits.cpu": "4" }""", "{}", "Terminating", "")]
    [InlineData("""{ "pods": "4" }""", """{ "pods": "4" }""", "", "exceeded quota: q, requested: pods=1")]
    public void A_quota_demands_and_bounds(string hard, string used, string scope, string error)
    {
        var quota = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "q" },
            ["spec"] = scope.Length == 0 ? [] : new JsonObject { ["scopes"] = new JsonArray(scope) },
            ["status"] = new JsonObject { ["hard"] = JsonNode.Parse(hard), ["used"] = JsonNode.Parse(used) },
        };
        ShouldSay(Ours, new OracleCluster { Quotas = [quota] }, error);
    }

    [Fact]
    public void OpenShift_refuses_a_user_out_of_the_range()
    {
        const string spec = """{ "containers": [ { "name": "a", "image": "i:1", "securityContext": { "runAsUser": 1654 } } ] }""";

        ShouldSay(spec, new OracleCluster { Users = (1_000_680_000, 10_000) }, "1654: must be in the ranges: [1000680000, 1000689999]");
        ShouldSay(spec, new OracleCluster(), "");
    }

    /// <summary>A sidecar as it is added by default.</summary>
    private const string Ours = """
        { "containers": [ { "name": "accuracy-monitor", "image": "i:1",
                            "resources": { "requests": { "cpu": "50m", "memory": "192Mi" }, "limits": { "memory": "512Mi" } } } ] }
        """;

    private static void ShouldSay(string spec, OracleCluster cluster, string error)
    {
        var errors = AdmissionChain.Create(new JsonObject { ["spec"] = JsonNode.Parse(spec) }, cluster).Errors;
        if (error.Length == 0)
        {
            errors.ShouldBeEmpty();
        }
        else
        {
            errors.ShouldContain(e => e.Contains(error, StringComparison.Ordinal), string.Join('\n', errors));
        }
    }
}
