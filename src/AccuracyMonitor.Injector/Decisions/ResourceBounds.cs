using System.Globalization;

namespace AccuracyMonitor.Injector.Decisions;

/// <summary>An upper bound and what it comes from.</summary>
internal sealed record UpperBound(decimal Value, Reason Reason, string Rule);

/// <summary>What the pod and its namespace allow a sidecar of one resource.</summary>
internal sealed class ResourceBounds
{
    private readonly string _name;
    private readonly ResourceTotals _requests;
    private readonly ResourceTotals _limits;

    private ResourceBounds(string name, PodView pod, bool countsSidecars)
    {
        _name = name;
        _requests = ResourceTotals.Of(pod, ResourceNames.Requests, name, countsSidecars);
        _limits = ResourceTotals.Of(pod, ResourceNames.Limits, name, countsSidecars);
    }

    public UpperBound? RequestMax { get; private set; }

    public UpperBound? LimitMax { get; private set; }

    public decimal RequestMin { get; private set; }

    /// <summary>Of a limit, if there is one.</summary>
    public decimal LimitMin { get; private set; }

    /// <summary>The rule by which a sidecar must have a request; null: none.</summary>
    public UpperBound? RequestRequired { get; private set; }

    public UpperBound? LimitRequired { get; private set; }

    public decimal? Default { get; private set; }

    public decimal? DefaultRequest { get; private set; }

    /// <summary>Largest limit for one unit of request; null: any.</summary>
    public decimal? Ratio { get; private set; }

    /// <summary>As <see cref="Ratio"/>, of the whole pod.</summary>
    public decimal? PodRatio { get; private set; }

    /// <summary>The pod-level resources do not have this resource, so a sidecar must not request it.</summary>
    public bool MustBeUnset { get; private set; }

    public static ResourceBounds Of(string name, PodView pod, Surroundings around)
    {
        var bounds = new ResourceBounds(name, pod, around.Cluster.Minor is null || around.Cluster.HasNativeSidecars);
        var ofPod = pod.HasOwnResources;

        // Whether the API server counts the pod's own resources. Where that is not certain, both ways must hold.
        var counted = around.Cluster.CountsPodResources;
        foreach (var rule in around.Rules.Limits)
        {
            if (rule.IsOfPod)
            {
                bounds.AddOfPod(rule, counted);
            }
            else
            {
                bounds.AddOfContainer(rule);
            }
        }

        foreach (var quota in around.Rules.Quotas.Where(q => QuotaScopes.Apply(q, pod)))
        {
            bounds.Add(quota, ofPod && counted, counted);
        }

        if (ofPod && name != ResourceNames.Storage)
        {
            bounds.AddOwnOfPod();
        }

        return bounds;
    }

    /// <summary>The request that the pod's ratio demands beside a limit.</summary>
    public decimal RequestForPodRatio(decimal limit) => PodRatio is { } ratio ? (_limits.With(limit) / ratio) - _requests.With(0) : 0;

    /// <summary>The limit that the pod's ratio allows beside a request.</summary>
    public decimal LimitForPodRatio(decimal request) => PodRatio is { } ratio ? (_requests.With(request) * ratio) - _limits.With(0) : decimal.MaxValue;

    /// <returns>The rule that a sidecar's request and limit would break; null: none.</returns>
    public UpperBound? Broken(decimal? request, decimal? limit)
    {
        request ??= limit;
        return request switch
        {
            null when RequestRequired is { } rule => rule,
            null when RequestMin > 0 => OfLimitRange("min", RequestMin),
            { } r when r > RequestMax?.Value => RequestMax,
            { } r when r < RequestMin => OfLimitRange("min", RequestMin),
            { } r when r > limit => OfLimitRange("min", RequestMin),
            not null when MustBeUnset => OfPodResources(0),
            _ => limit switch
            {
                null => LimitRequired ?? (Ratio is { } ratio ? OfLimitRange("maxLimitRequestRatio", ratio) : null),
                { } l when l > LimitMax?.Value => LimitMax,
                { } l when l < LimitMin => OfLimitRange("min", LimitMin),
                { } l when Ratio is { } ratio && l > ratio * request => OfLimitRange("maxLimitRequestRatio", ratio),
                { } l when PodRatio is { } ratio && _limits.With(l) > ratio * _requests.With(request ?? 0) => OfLimitRange("maxLimitRequestRatio", ratio),
                _ => null,
            },
        };
    }

    private static UpperBound Tighter(UpperBound? one, UpperBound other) => one is null || other.Value < one.Value ? other : one;

    private UpperBound OfLimitRange(string rule, decimal value) =>
        new(value, Reason.LimitRange, $"a LimitRange has {rule} {Written(rule, value)}");

    private string Written(string rule, decimal value) =>
        rule.Contains("Ratio", StringComparison.Ordinal) ? string.Create(CultureInfo.InvariantCulture, $"{value:0.##}") : Quantities.Write(_name, value);

    private UpperBound OfPodResources(decimal left) =>
        new(left, Reason.PodResources, $"the pod's own resources leave {Quantities.Write(_name, Math.Max(0, left))}");

    private void AddOfContainer(LimitRule rule)
    {
        if (rule.Min.TryGetValue(_name, out var min))
        {
            RequestMin = Math.Max(RequestMin, min);
            LimitMin = Math.Max(LimitMin, min);
            RequestRequired ??= OfLimitRange("min", min);
        }

        if (rule.Max.TryGetValue(_name, out var max))
        {
            var bound = OfLimitRange("max", max);
            (RequestMax, LimitMax, LimitRequired) = (Tighter(RequestMax, bound), Tighter(LimitMax, bound), LimitRequired ?? bound);
        }

        if (rule.Ratio.TryGetValue(_name, out var ratio))
        {
            Ratio = Math.Min(Ratio ?? ratio, ratio);
            LimitRequired ??= OfLimitRange("maxLimitRequestRatio", ratio);
            RequestRequired ??= LimitRequired;
        }

        // Written, so that it does not matter which of several LimitRanges would fill it in.
        if (rule.Default.TryGetValue(_name, out var limit))
        {
            Default ??= limit;
            LimitRequired ??= OfLimitRange("default", limit);
        }

        if (rule.DefaultRequest.TryGetValue(_name, out var request))
        {
            DefaultRequest ??= request;
            RequestRequired ??= OfLimitRange("defaultRequest", request);
        }
    }

    private void AddOfPod(LimitRule rule, bool counted)
    {
        var (ownRequest, ownLimit) = (counted && _requests.OfPod is not null, counted && _limits.OfPod is not null);
        if (rule.Min.TryGetValue(_name, out var min) && !ownLimit && !_limits.IsSet)
        {
            // With the sidecar's the pod has a limit, and it is the sidecar's alone.
            LimitMin = Math.Max(LimitMin, min);
        }

        if (rule.Max.TryGetValue(_name, out var max))
        {
            if (!ownRequest)
            {
                RequestMax = Tighter(RequestMax, OfLimitRange("max", max) with { Value = max - Before(_requests) });
            }

            if (!ownLimit)
            {
                LimitMax = Tighter(LimitMax, OfLimitRange("max", max) with { Value = max - Before(_limits) });
            }
        }

        if (rule.Ratio.TryGetValue(_name, out var ratio) && !(ownRequest && ownLimit))
        {
            PodRatio = Math.Min(PodRatio ?? ratio, ratio);
        }
    }

    private void Add(QuotaRule quota, bool demandsNothing, bool counted)
    {
        if (!(counted && _requests.OfPod is not null))
        {
            AddRequests(_name);
            AddRequests($"requests.{_name}");
        }

        if (!(counted && _limits.OfPod is not null) && quota.Left($"limits.{_name}") is { } left)
        {
            LimitMax = Tighter(LimitMax, OfQuota(left - Before(_limits)));
        }

        if (!demandsNothing && _name != ResourceNames.Storage)
        {
            RequestRequired ??= quota.Hard.ContainsKey(_name) || quota.Hard.ContainsKey($"requests.{_name}") ? OfQuota(0) : null;
            LimitRequired ??= quota.Hard.ContainsKey($"limits.{_name}") ? OfQuota(0) : null;
        }

        void AddRequests(string name)
        {
            if (quota.Left(name) is { } leftOver)
            {
                RequestMax = Tighter(RequestMax, OfQuota(leftOver - Before(_requests)));
            }
        }

        UpperBound OfQuota(decimal value) => new(
            value, Reason.Quota, $"the quota {quota.Name} leaves {Quantities.Write(_name, Math.Max(0, value))}");
    }

    private void AddOwnOfPod()
    {
        if (_requests.OfPod is { } request)
        {
            RequestMax = Tighter(RequestMax, OfPodResources(request - (_requests.Running ?? 0)));
        }
        else
        {
            MustBeUnset = true;
        }

        if (_limits.OfPod is { } limit)
        {
            LimitMax = Tighter(LimitMax, OfPodResources(limit));
        }
    }

    private static decimal Before(ResourceTotals totals) => (totals.Running ?? 0) + totals.Overhead;
}
