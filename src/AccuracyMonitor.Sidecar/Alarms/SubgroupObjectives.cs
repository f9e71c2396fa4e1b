using System.Globalization;
using AccuracyMonitor.Core;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Alarms;

/// <summary>The objectives of segments and predicted classes, read once.</summary>
internal sealed class SubgroupObjectives(AlarmOptions settings)
{
    private const string Others = "*";

    private readonly Dictionary<string, double> _segments = Read(settings.SegmentObjectives);
    private readonly Dictionary<string, double> _classes = Read(settings.ClassObjectives);

    /// <summary>Null: none is set, so it raises no alarm.</summary>
    public double? Of(SeriesKey series) => series switch
    {
        { PredictedClass: not null } => Find(_classes, series.ClassName),
        { Segment.Length: > 0 } => Find(_segments, series.Segment),
        _ => null,
    };

    /// <summary>Splits at the last '=', so that a name may have one.</summary>
    public static bool TryParse(string text, out string name, out double objective)
    {
        var at = text.LastIndexOf('=');
        name = at > 0 ? text[..at] : "";
        objective = 0;
        return at > 0 && double.TryParse(text.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out objective)
            && objective is >= 0.01 and <= 0.9999;
    }

    private static double? Find(Dictionary<string, double> objectives, string name) =>
        objectives.TryGetValue(name, out var own) || objectives.TryGetValue(Others, out own) ? own : null;

    private static Dictionary<string, double> Read(string[] entries)
    {
        var objectives = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (TryParse(entry, out var name, out var objective))
            {
                objectives[name] = objective;
            }
        }

        return objectives;
    }
}

/// <summary>What an attribute can't say: every entry a name and an accuracy, and a class a number, <c>other</c> or <c>*</c>.</summary>
internal sealed class SubgroupObjectivesValidator : IValidateOptions<AlarmOptions>
{
    public ValidateOptionsResult Validate(string? name, AlarmOptions options)
    {
        List<string> failures = [];
        Check("SegmentObjectives", options.SegmentObjectives, static _ => true, "a segment or *", failures);
        Check("ClassObjectives", options.ClassObjectives, static n => n is "*" or "other"
            || int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out _), "a class number, other or *", failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Check(string setting, string[] entries, Func<string, bool> isName, string names, List<string> failures)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            if (!SubgroupObjectives.TryParse(entries[i], out var name, out _) || !isName(name))
            {
                failures.Add($"Alarms:{setting}:{i} is '{entries[i]}'; it must be name=objective, the name {names}, the objective 0.01 to 0.9999.");
            }
        }
    }
}
