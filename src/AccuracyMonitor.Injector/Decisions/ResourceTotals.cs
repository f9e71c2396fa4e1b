using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Decisions;

/// <summary>The requests, or the limits, of one resource in a pod without the sidecar. Null: nothing sets it.</summary>
/// <param name="Running">Of all containers that run together.</param>
/// <param name="Starting">The largest that init containers need before.</param>
/// <param name="OfPod">Named by the pod itself (<c>spec.resources</c>).</param>
/// <param name="Overhead">Of the pod's runtime class.</param>
internal sealed record ResourceTotals(decimal? Running, decimal? Starting, decimal? OfPod, decimal Overhead)
{
    /// <param name="pod">Without the sidecar.</param>
    /// <param name="kind">Requests or limits.</param>
    /// <param name="name">The resource's.</param>
    /// <param name="countsSidecars">Init containers with restartPolicy Always run beside the others; an older cluster drops the policy.</param>
    public static ResourceTotals Of(PodView pod, string kind, string name, bool countsSidecars)
    {
        var running = Sum(pod.Containers.Select(c => Quantities.Of(c.Json["resources"], kind, name)));
        decimal? sidecars = null;
        decimal? starting = null;
        foreach (var container in pod.InitContainers)
        {
            var own = Quantities.Of(container.Json["resources"], kind, name);
            if (countsSidecars && (string?)container.Json["restartPolicy"] == "Always")
            {
                sidecars = Sum([sidecars, own]);
                starting = Larger(starting, sidecars);
            }
            else
            {
                starting = Larger(starting, Sum([sidecars, own]));
            }
        }

        var spec = pod.Json["spec"];
        var overhead = spec?["overhead"]?[name] is { } quantity ? AnnotationReader.Value(quantity.ToString()) ?? 0 : 0;
        return new ResourceTotals(Sum([running, sidecars]), starting, Quantities.Of(spec?["resources"] as JsonObject, kind, name), overhead);
    }

    /// <summary>Whether any container sets it.</summary>
    public bool IsSet => Running is not null || Starting is not null;

    /// <summary>Of the containers with a sidecar that has this much, and the overhead.</summary>
    public decimal With(decimal sidecar) => Math.Max((Running ?? 0) + sidecar, Starting ?? 0) + Overhead;

    private static decimal? Sum(IEnumerable<decimal?> values)
    {
        decimal? sum = null;
        foreach (var value in values)
        {
            sum = value is null ? sum : (sum ?? 0) + value;
        }

        return sum;
    }

    private static decimal? Larger(decimal? one, decimal? other) => one is null || other > one ? other : one;
}
