using System.Text.Json.Nodes;
using AccuracyMonitor.Injector.Decisions;
using CsCheck;

namespace AccuracyMonitor.Injector.Tests.Oracle;

/// <summary>A pod that the API server takes without the injector is taken with it, whatever the cluster and whatever other webhooks do.</summary>
public sealed class NeverInvalidTests
{
    private static readonly Gen<OracleCluster> Clusters =
        from minor in Any(27, 28, 29, 30, 33, 34, 36)
        from users in Any<(long, long)?>(null, null, (1_000_680_000, 10_000))
        from ranges in RandomRules.LimitRanges
        from quotas in RandomRules.Quotas
        select new OracleCluster { Minor = minor, Users = users, LimitRanges = ranges, Quotas = quotas };

    private static readonly Gen<IReadOnlyList<OracleWebhook>> Others =
        from old in Any<string?>(null, "aws-pod-identity", "zebra")
        from oldAgain in Gen.Bool
        from mesh in Any<string?>(null, "mesh", "zero-mesh")
        from variables in Any<string?>(null, "defaults", "zones")
        select (IReadOnlyList<OracleWebhook>)
        [
            .. Hook(old, oldAgain, OtherWebhooks.OldModel), .. Hook(mesh, true, OtherWebhooks.MeshProxy), .. Hook(variables, true, OtherWebhooks.Variables),
        ];

    private const int Usual = 8_000;

    /// <summary>With ACCURACY_MONITOR_ADMISSION_SAMPLES set to a number, that many pods by a new seed: 100,000 take about five minutes.</summary>
    private static readonly int Iterations =
        int.TryParse(Environment.GetEnvironmentVariable("ACCURACY_MONITOR_ADMISSION_SAMPLES"), out var samples) ? samples : Usual;

    [Fact]
    public void Whatever_the_cluster_and_the_other_webhooks()
    {
        Dictionary<string, int> seen = [];
        RandomPods.Pods.Select(Clusters, Others, Gen.Bool, Gen.Int[0, 9]).Sample(
            (pod, cluster, others, runsLast, unknown) =>
            {
                if (AdmissionChain.Create(pod, cluster, others).Errors.Count > 0)
                {
                    return;
                }

                var injector = new Injecting(runsLast, cluster) { KnowsVersion = unknown > 0 };
                var (after, errors) = AdmissionChain.Create(pod, cluster, [.. others, injector.Webhook]);

                // Known and documented: a webhook that does not run last, and adds a sidecar only in the second round because the pod has changed in
                // between so that it fits, is not called a third time.
                if (!runsLast && injector.Decisions is [{ Plan: null }, { Plan: not null }])
                {
                    return;
                }

                errors.ShouldBeEmpty($"{string.Join(' ', injector.Decisions.Select(d => d.Reason.Name))} {after.ToJsonString()}");
                foreach (var decision in injector.Decisions)
                {
                    seen[decision.Reason.Name] = seen.GetValueOrDefault(decision.Reason.Name) + 1;
                }
            },
            iter: Iterations, seed: Iterations == Usual ? "0000KsVDXxS4" : null, threads: 1);

        // The property says something only about what happened.
        foreach (var reason in (Reason[])[Reason.Requested, Reason.AlreadyInjected, Reason.Restored, Reason.MadePlain, Reason.SidecarDamaged, Reason.Refitted,
            Reason.LimitRange, Reason.Quota, Reason.PodResources])
        {
            seen.GetValueOrDefault(reason.Name).ShouldBeGreaterThan(8, reason.Name);
        }
    }

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static OracleWebhook[] Hook(string? name, bool again, Func<JsonObject, JsonObject> call) =>
        name is null ? [] : [new OracleWebhook(name, again, call)];
}
