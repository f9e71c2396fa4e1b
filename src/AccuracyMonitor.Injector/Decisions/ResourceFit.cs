namespace AccuracyMonitor.Injector.Decisions;

/// <summary>
/// Fits a sidecar's requests and limits to what the pod and its namespace allow. Where a request must grow for a ratio it grows; what must shrink
/// shrinks to the least that a sidecar works with, and not below.
/// </summary>
internal static class ResourceFit
{
    /// <summary>Limits where a rule demands one and no setting names any, and the least with which a sidecar works.</summary>
    private static readonly Dictionary<string, (decimal Request, decimal Limit, decimal Demanded)> Least = new(StringComparer.Ordinal)
    {
        [ResourceNames.Cpu] = (0.001m, 0.1m, 0.5m),
        [ResourceNames.Memory] = (64 << 20, 128 << 20, 512 << 20),
        [ResourceNames.Storage] = (0, 256 << 20, 1 << 30),
    };

    /// <summary>Whether a sidecar with these resources breaks no rule.</summary>
    /// <param name="pod">Without the sidecar.</param>
    /// <param name="resources">The sidecar's.</param>
    /// <param name="around">Where the pod is to be made.</param>
    public static bool Holds(PodView pod, SidecarResources resources, Surroundings around) => ResourceNames.All.All(
        n => ResourceBounds.Of(n, pod, around).Broken(Value(resources[n].Request), Value(resources[n].Limit)) is null);

    /// <returns>The resources, or why there are none.</returns>
    public static (SidecarResources? Fitted, Decision? Refusal) Fit(PodView pod, SidecarResources wanted, Surroundings around)
    {
        var isBestEffort = pod.IsBestEffort && !(pod.HasOwnResources && around.Cluster.CountsPodResources);
        if (isBestEffort && !wanted.IsEmpty && QuotaScopes.ThatSeesBestEffort(around.Rules) is { } quota)
        {
            return (null, Decision.Without(Reason.Quota,
                $"no sidecar: the pod has no resources and would have some with it, and the quota {quota.Name} is for one sort of pods"));
        }

        if (around.Rules.Limits.FirstOrDefault(r => !r.IsOfPod && Names(r).Any(n => !ResourceNames.All.Contains(n, StringComparer.Ordinal))) is { } foreign)
        {
            var name = Names(foreign).First(n => !ResourceNames.All.Contains(n, StringComparer.Ordinal));
            return (null, Decision.Without(Reason.LimitRange, $"no sidecar: a LimitRange would give it {name}"));
        }

        var fitted = wanted;
        foreach (var name in ResourceNames.All)
        {
            var bounds = ResourceBounds.Of(name, pod, around);
            var (pair, broken) = Fit(name, wanted[name], bounds, pod.IsGuaranteed && name != ResourceNames.Storage);
            if (pair is null)
            {
                return (null, Decision.Without(broken!.Reason, $"no sidecar: {broken.Rule} of {name}"));
            }

            fitted = fitted.With(name, pair);
        }

        // A cluster of a version that is not known may count other native sidecars in either way.
        if (around.Cluster.Minor is null && !Holds(pod, fitted, around with { Cluster = around.Cluster with { Minor = ClusterView.NativeSince - 1 } }))
        {
            return (null, Decision.Without(Reason.LimitRange, "no sidecar: the rules here depend on the cluster's version, which could not be read"));
        }

        return (fitted, null);
    }

    private static IEnumerable<string> Names(LimitRule rule) => rule.Min.Keys.Concat(rule.Ratio.Keys).Concat(rule.DefaultRequest.Keys);

    private static (ResourcePair? Pair, UpperBound? Broken) Fit(string name, ResourcePair wanted, ResourceBounds bounds, bool isGuaranteed)
    {
        var least = Least[name];
        if (bounds.MustBeUnset && bounds.RequestRequired is null && bounds.LimitRequired is null)
        {
            return (ResourcePair.None, null);
        }

        decimal? demandedLimit = bounds.LimitRequired is null ? null : bounds.Default ?? least.Demanded;
        decimal? demandedRequest = bounds.RequestRequired is null ? null : bounds.DefaultRequest ?? least.Request;
        var limit = Value(wanted.Limit) ?? demandedLimit;
        var request = Value(wanted.Request) ?? demandedRequest ?? limit;
        if (limit is { } l)
        {
            l = Math.Max(Math.Min(l, bounds.LimitMax?.Value ?? l), bounds.LimitMin);
            limit = isGuaranteed ? Math.Min(l, bounds.RequestMax?.Value ?? l) : l;
        }

        if (request is { } r)
        {
            r = Math.Max(Math.Min(r, bounds.RequestMax?.Value ?? r), bounds.RequestMin);
            request = Math.Min(isGuaranteed ? limit ?? r : r, limit ?? r);
        }

        if (request is { } asked && limit is { } most)
        {
            (request, limit) = Balance(name, asked, most, bounds);
        }

        var broken = bounds.Broken(request, limit)
            ?? (request < Math.Min(least.Request, Value(wanted.Request) ?? least.Request) ? bounds.RequestMax ?? bounds.LimitMax : null)
            ?? (limit < Math.Min(least.Limit, Value(wanted.Limit) ?? least.Limit) ? bounds.LimitMax ?? bounds.RequestMax : null);
        if (broken is not null)
        {
            return (null, broken);
        }

        // A request that nobody asked for is that of the limit, which the API server writes.
        var written = wanted.Request is null && request == limit ? null : Written(request, wanted.Request);
        return (new ResourcePair(written, Written(limit, wanted.Limit)), null);

        string? Written(decimal? value, string? before) => value is null ? null : value == Value(before) ? before : Quantities.Write(name, value.Value);
    }

    /// <summary>Ratios: the request grows first, and then the limit shrinks.</summary>
    private static (decimal Request, decimal Limit) Balance(string name, decimal request, decimal limit, ResourceBounds bounds)
    {
        var most = Math.Min(bounds.RequestMax?.Value ?? limit, limit);
        if (bounds.Ratio is { } ratio && limit > ratio * request)
        {
            request = Math.Min(Quantities.Round(name, limit / ratio, up: true), most);
            limit = Math.Min(limit, Quantities.Round(name, ratio * request, up: false));
        }

        if (bounds.PodRatio is not null)
        {
            request = Math.Max(request, Math.Min(Quantities.Round(name, bounds.RequestForPodRatio(limit), up: true), most));
            limit = Math.Max(Math.Min(limit, Quantities.Round(name, bounds.LimitForPodRatio(request), up: false)), 0);
        }

        return (Math.Min(request, limit), limit);
    }

    private static decimal? Value(string? quantity) => quantity is null ? null : AnnotationReader.Value(quantity);
}
