using k8s.Models;

namespace AccuracyMonitor.Injector.Decisions;

/// <summary>What a namespace demands of the resources of its pods.</summary>
internal sealed record ResourceRules(IReadOnlyList<LimitRule> Limits, IReadOnlyList<QuotaRule> Quotas)
{
    public static readonly ResourceRules None = new([], []);

    public static ResourceRules Of(IEnumerable<V1LimitRange> ranges, IEnumerable<V1ResourceQuota> quotas) => new(
        [.. ranges.SelectMany(r => r.Spec?.Limits ?? []).Where(i => i.Type is "Container" or "Pod").Select(LimitRule.Of)],
        [.. quotas.Select(QuotaRule.Of)]);
}

/// <summary>One item of a LimitRange, of each container or of the whole pod, by names of resources.</summary>
internal sealed record LimitRule(
    bool IsOfPod, IReadOnlyDictionary<string, decimal> Min, IReadOnlyDictionary<string, decimal> Max, IReadOnlyDictionary<string, decimal> Ratio)
{
    /// <summary>Limits of containers that have none.</summary>
    public IReadOnlyDictionary<string, decimal> Default { get; init; } = Quantities.None;

    /// <summary>Requests of containers that have neither request nor limit.</summary>
    public IReadOnlyDictionary<string, decimal> DefaultRequest { get; init; } = Quantities.None;

    public static LimitRule Of(V1LimitRangeItem item)
    {
        var rule = new LimitRule(item.Type == "Pod", Quantities.Of(item.Min), Quantities.Of(item.Max), Quantities.Of(item.MaxLimitRequestRatio));
        if (rule.IsOfPod)
        {
            return rule;
        }

        // The API server stores a LimitRange with these; a maximum is a default.
        var limits = Quantities.Merged(Quantities.Of(item.DefaultProperty), rule.Max);
        return rule with { Default = limits, DefaultRequest = Quantities.Merged(Quantities.Of(item.DefaultRequest), limits, rule.Min) };
    }
}

/// <summary>A ResourceQuota, as its status has it.</summary>
internal sealed record QuotaRule(
    string Name, IReadOnlyDictionary<string, decimal> Hard, IReadOnlyDictionary<string, decimal> Used, IReadOnlyList<QuotaScope> Scopes)
{
    public static QuotaRule Of(V1ResourceQuota quota) => new(
        quota.Metadata?.Name ?? "",
        Quantities.Of(quota.Status?.Hard ?? quota.Spec?.Hard),
        Quantities.Of(quota.Status?.Used),
        [
            .. (quota.Spec?.Scopes ?? []).Select(s => new QuotaScope(s, "Exists", [])),
            .. (quota.Spec?.ScopeSelector?.MatchExpressions ?? []).Select(e => new QuotaScope(e.ScopeName, e.OperatorProperty, [.. e.Values ?? []])),
        ]);

    /// <summary>What is left for a pod; null: the quota says nothing of it.</summary>
    public decimal? Left(string name) => Hard.TryGetValue(name, out var hard) ? hard - Used.GetValueOrDefault(name) : null;
}

internal sealed record QuotaScope(string Name, string Operator, IReadOnlyList<string> Values);
