namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>One method over several conditions, each window counting alike.</summary>
/// <param name="File">The file, or empty: all of them.</param>
/// <param name="Method">Identifier.</param>
/// <param name="Conditions">Pooled.</param>
/// <param name="Tally">Over all their windows.</param>
/// <param name="MeanSquareError">Mean over conditions of the mean square error.</param>
/// <param name="RatioToUniform">That over what simple random sampling of as many labels has in expectation; null where that is 0.</param>
/// <param name="WorstRatio">The largest root of one condition's ratio, with its condition.</param>
/// <param name="LeastCoverage">Coverage of the family of conditions where it is least, with its name.</param>
internal sealed record PooledResult(
    string File, string Method, int Conditions, Tally Tally, double MeanSquareError, double? RatioToUniform, (double Ratio, string Condition)? WorstRatio,
    (double Coverage, string Family)? LeastCoverage)
{
    /// <summary>By file and, where there are several, over all, in the order of the methods.</summary>
    public static IReadOnlyList<PooledResult> Of(IReadOnlyList<ConditionResult> conditions, IReadOnlyList<string> methods)
    {
        var groups = conditions.GroupBy(c => c.File, StringComparer.Ordinal).Select(g => (File: g.Key, Conditions: g.ToArray())).ToList();
        if (groups.Count > 1)
        {
            groups.Add(("", [.. conditions]));
        }

        return [.. groups.SelectMany(g => methods.Select(m => Pool(g.File, m, g.Conditions)).OfType<PooledResult>())];
    }

    private static PooledResult? Pool(string file, string method, ConditionResult[] conditions)
    {
        var judged = conditions.Select(c => (Condition: c, Tally: c.Of(method))).Where(c => c.Tally is not null)
            .Select(c => (c.Condition, Tally: c.Tally!.Value)).ToArray();
        if (judged.Length == 0)
        {
            return null;
        }

        var all = default(Tally);
        foreach (var (_, tally) in judged)
        {
            all.Merge(tally);
        }

        var mean = judged.Average(c => c.Tally.MeanSquareError);
        var uniform = judged.Average(c => c.Condition.UniformError);
        (double, string)? worst = null;
        foreach (var (condition, tally) in judged.Where(c => c.Condition.UniformError > 0))
        {
            var ratio = Math.Sqrt(tally.MeanSquareError / condition.UniformError);
            worst = ratio <= worst?.Item1 ? worst : (ratio, $"{condition.File} {condition.Condition}");
        }

        return new PooledResult(file, method, judged.Length, all, mean, uniform > 0 ? mean / uniform : null, worst, Least(judged));
    }

    private static (double, string)? Least(IEnumerable<(ConditionResult Condition, Tally Tally)> judged)
    {
        (double, string)? least = null;
        foreach (var family in judged.GroupBy(c => $"{c.Condition.File} {c.Condition.Family}", StringComparer.Ordinal))
        {
            var tally = default(Tally);
            foreach (var (_, its) in family)
            {
                tally.Merge(its);
            }

            if (tally.Coverage is { } coverage && (least is null || coverage < least.Value.Item1))
            {
                least = (coverage, family.Key);
            }
        }

        return least;
    }
}
