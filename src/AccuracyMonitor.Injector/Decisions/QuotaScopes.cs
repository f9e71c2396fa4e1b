namespace AccuracyMonitor.Injector.Decisions;

/// <summary>Which quotas count a pod.</summary>
internal static class QuotaScopes
{
    /// <summary>
    /// Whether a quota counts a pod that has a sidecar with requests. A scope that is not known counts: the sidecar then fits more than it must.
    /// </summary>
    public static bool Apply(QuotaRule quota, PodView pod) => quota.Scopes.All(s => s.Name switch
    {
        "BestEffort" => false,
        "Terminating" => pod.HasDeadline,
        "NotTerminating" => !pod.HasDeadline,
        "PriorityClass" => s.Operator switch
        {
            "In" => s.Values.Contains(pod.PriorityClass, StringComparer.Ordinal),
            "NotIn" => !s.Values.Contains(pod.PriorityClass, StringComparer.Ordinal),
            "DoesNotExist" => pod.PriorityClass.Length == 0,
            _ => pod.PriorityClass.Length > 0,
        },
        _ => true,
    });

    /// <summary>
    /// A quota that tells pods without any resources from others. A sidecar with resources would move the pod from one to the other, where the
    /// application's containers may lack what is demanded.
    /// </summary>
    public static QuotaRule? ThatSeesBestEffort(ResourceRules rules) =>
        rules.Quotas.FirstOrDefault(q => q.Scopes.Any(s => s.Name is "BestEffort" or "NotBestEffort"));
}
