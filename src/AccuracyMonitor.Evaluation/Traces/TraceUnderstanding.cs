using System.Globalization;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>What a trace was understood to be. Shown before the work, so that a wrong guess is seen.</summary>
internal sealed record TraceUnderstanding
{
    /// <summary>Accuracy, as a multiple of what guessing gives, below which labels and outputs are likely not to fit each other.</summary>
    private const double NearChance = 1.5;

    private const int MostSkippedShown = 3;

    public required string Path { get; init; }

    /// <summary>Predictions.</summary>
    public long Rows { get; init; }

    /// <summary>Null: only the rows themselves tell, and they are not read yet.</summary>
    public long? Labelled { get; init; }

    public ClassScheme? Classes { get; init; }

    /// <summary>The columns that hold the outputs.</summary>
    public string Outputs { get; init; } = "";

    public string Form { get; init; } = "softmax";

    public string TimeForm { get; init; } = "";

    public DateTimeOffset? Earliest { get; init; }

    public DateTimeOffset? Latest { get; init; }

    /// <summary>Delimiter and decimal sign; null: not delimited text.</summary>
    public string? Dialect { get; init; }

    /// <summary>Whether later rows may bring labels of earlier ones.</summary>
    public bool IsLog { get; init; }

    /// <summary>Rows whose id an earlier row has.</summary>
    public long Duplicates { get; init; }

    /// <summary>Mean mass of a row that top-k lists leave to several classes.</summary>
    public double SpreadMass { get; init; }

    /// <summary>Rows with a defect that were left out, by their message.</summary>
    public List<string> Skipped { get; init; } = [];

    /// <summary>What came of the labels of another file; null: the labels are the trace's own.</summary>
    public LabelOutcome? Joined { get; init; }

    /// <summary>Accuracy as the labels are, and if they counted one higher or lower; null: no labels.</summary>
    public (double AsIs, double OneLower, double OneHigher)? Accuracy { get; init; }

    /// <summary>For people, a few lines: <see cref="Facts"/>, and <see cref="Warnings"/> marked as such.</summary>
    public IEnumerable<string> Lines() => [.. Facts(), .. Warnings().Select(warning => $"  warning: {warning}")];

    public IEnumerable<string> Facts()
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{Path}: {Rows:N0} rows{Share}; K = {Classes?.Count}, {Form} in "
                + $"{Outputs}{(Dialect is null ? "" : $"; {Dialect}")}");
        if (Classes is { } classes)
        {
            yield return $"  classes: {classes.Mapping}";
        }

        if (Earliest is { } from && Latest is { } to)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"  times: {TimeForm}, {from.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} to {to.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        }

        if (Joined is { } joined)
        {
            yield return $"  labels: {joined.Describe()}";
        }
    }

    private string Share => Labelled is not { } labelled ? ""
        : string.Create(CultureInfo.InvariantCulture, $", {(Rows == 0 ? 0 : 100.0 * labelled / Rows):0.#} % labelled");

    public IEnumerable<string> Warnings()
    {
        if (Skipped.Count > 0)
        {
            yield return $"{Skipped.Count} rows with a defect are left out: "
                + $"{string.Join(' ', Skipped.Take(MostSkippedShown))}{(Skipped.Count > MostSkippedShown ? " …" : "")}";
        }

        if (Duplicates > 0)
        {
            yield return $"{Duplicates} rows have an id that an earlier row has; each counts as a prediction.";
        }

        foreach (var warning in Joined?.Warnings() ?? [])
        {
            yield return warning;
        }

        if (SpreadMass > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"the top-k lists leave {100 * SpreadMass:0.##} % of the mass to several classes, over which it is spread evenly: methods that read the "
                    + $"whole softmax vector are approximate.");
        }

        if (Accuracy is { } accuracy && Labelled >= 30 && Classes is { } classes && accuracy.AsIs < Math.Min(NearChance / classes.Count, 0.6))
        {
            var better = accuracy.OneLower > accuracy.OneHigher ? accuracy.OneLower : accuracy.OneHigher;
            yield return better > Math.Max(0.5, 2 * accuracy.AsIs)
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"accuracy is {100 * accuracy.AsIs:0.#} %, and {100 * better:0.#} % if labels counted one "
                        + $"{(better == accuracy.OneLower ? "lower: --classes-from 1" : "higher: --classes-from 0")}?")
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"accuracy is {100 * accuracy.AsIs:0.#} %, near what guessing gives ({100.0 / classes.Count:0.#} %): labels may not belong to these "
                        + $"rows, or classes may be in another order (--classes FILE).");
        }
    }
}
