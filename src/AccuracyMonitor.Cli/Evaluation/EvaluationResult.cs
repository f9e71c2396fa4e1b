namespace AccuracyMonitor.Cli.Evaluation;

/// <summary>One condition's tallies, by method.</summary>
internal sealed record ConditionResult(string File, string Family, string Condition, double Accuracy, IReadOnlyList<Tally> Methods);

/// <summary>The conditions of one family in one file, pooled.</summary>
internal sealed record FamilyResult(string File, string Family, IReadOnlyList<ConditionResult> Conditions)
{
    public Tally Pooled(int method)
    {
        var pooled = default(Tally);
        foreach (var condition in Conditions)
        {
            pooled.Merge(condition.Methods[method]);
        }

        return pooled;
    }

    public ConditionResult Worst(int method) => Conditions.MinBy(c => c.Methods[method].Coverage)!;

    public static IReadOnlyList<FamilyResult> Group(IEnumerable<ConditionResult> conditions) =>
    [
        .. conditions.GroupBy(c => (c.File, c.Family)).OrderBy(g => g.Key)
            .Select(g => new FamilyResult(g.Key.File, g.Key.Family, [.. g.OrderBy(c => c.Condition, StringComparer.Ordinal)])),
    ];
}
