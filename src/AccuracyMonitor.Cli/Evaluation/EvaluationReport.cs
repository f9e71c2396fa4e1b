using System.Text.Json;

namespace AccuracyMonitor.Cli.Evaluation;

/// <summary>An evaluation as a table and as JSON.</summary>
internal static class EvaluationReport
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Errors and widths in points of accuracy; "/uniform" is the root-mean-square error over that of uniform labelling.</summary>
    public static void WriteTable(TextWriter output, EvaluationSettings settings, IReadOnlyList<FamilyResult> families)
    {
        output.WriteLine(
            $"{settings.Budget} labels per window of {settings.Window} predictions, {settings.Repeats} windows per shift and ten times as many per other condition, "
            + $"nominal {1 - settings.Alpha:P0}, seed {settings.Seed}. Bias, RMSE and width in points of accuracy.");
        output.WriteLine($"{"file",-18} {"family",-10} {"method",-15} {"bias",6} {"RMSE",6} {"/uniform",8} {"coverage",8} {"width",6}  worst condition");
        foreach (var family in families)
        {
            var uniform = family.Pooled(Method.UniformWilson).RootMeanSquareError;
            for (var method = 0; method < Method.Names.Count; method++)
            {
                var pooled = family.Pooled(method);
                var worst = family.Worst(method);
                output.WriteLine(
                    $"{family.File,-18} {family.Family,-10} {Method.Names[method],-15} {100 * pooled.Bias,6:F2} {100 * pooled.RootMeanSquareError,6:F2} "
                    + $"{pooled.RootMeanSquareError / uniform,8:F2} {100 * pooled.Coverage,7:F1}% {100 * pooled.MeanWidth,6:F2}  "
                    + $"{100 * worst.Methods[method].Coverage:F0}% {worst.Condition}");
            }
        }

        output.WriteLine();
        output.WriteLine("Over all conditions:");
        for (var method = 0; method < Method.Names.Count; method++)
        {
            var least = families.MinBy(f => f.Pooled(method).Coverage)!;
            var all = new FamilyResult("", "", [.. families.SelectMany(f => f.Conditions)]).Pooled(method);
            output.WriteLine(
                $"  {Method.Names[method],-15} RMSE {100 * all.RootMeanSquareError,6:F2}  coverage {100 * all.Coverage,5:F1}%  width {100 * all.MeanWidth,6:F2}  "
                + $"least coverage of a family {100 * least.Pooled(method).Coverage:F1}% ({least.File} {least.Family})");
        }
    }

    public static void WriteAlarms(TextWriter output, IReadOnlyList<AlarmResult> alarms)
    {
        if (alarms.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine(
            $"Alarms over {AlarmSimulation.Horizon} labels: share of streams that fired, and labels to the alarm (median, 90 %) from a shift at the "
            + $"start, or after {AlarmSimulation.Quiet} clean labels. Accuracy is held against the clean one less {AlarmSimulation.AccuracyTolerance:P0}.");
        output.WriteLine($"{"file",-18} {"condition",-12} {"alarm",-9} {"quiet",5} {"fired",6} {"median",7} {"90 %",7}");
        foreach (var a in alarms)
        {
            output.WriteLine($"{a.File,-18} {a.Condition,-12} {a.Alarm,-9} {a.Quiet,5} {100 * a.Fired,5:F1}% {a.MedianDelay,7} {a.NinthDecileDelay,7}");
        }
    }

    public static async Task WriteJsonAsync(
        Stream output, EvaluationSettings settings, IReadOnlyList<FamilyResult> families, IReadOnlyList<AlarmResult> alarms,
        CancellationToken cancellation)
    {
        var document = new
        {
            settings.Budget,
            settings.Window,
            settings.Repeats,
            settings.Seed,
            settings.Alpha,
            Families = families.Select(f => new
            {
                f.File,
                f.Family,
                Methods = Describe(f.Pooled),
                Conditions = f.Conditions.Select(c => new { c.Condition, c.Accuracy, Methods = Describe(m => c.Methods[m]) }),
            }),
            Alarms = alarms,
        };
        await JsonSerializer.SerializeAsync(output, document, Json, cancellation);
    }

    private static Dictionary<string, object> Describe(Func<int, Tally> tally) =>
        Enumerable.Range(0, Method.Names.Count).ToDictionary(
            m => Method.Names[m],
            object (m) =>
            {
                var t = tally(m);
                return new { t.Windows, t.Bias, t.RootMeanSquareError, t.Coverage, t.MeanWidth };
            },
            StringComparer.Ordinal);
}
