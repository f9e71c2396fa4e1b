using System.Globalization;
using AccuracyMonitor.Core;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Queueing;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>Checks every bound of a batch, names what is wrong, and never lets a bad row reach a window.</summary>
internal sealed class BatchParser(
    ModelRegistry registry, IOptions<IntakeOptions> options, ModelPlan plan, ModelOwners owners, TimeProvider time)
{
    public const string TooManyModels = "TOO_MANY_MODELS";
    public const string NoStateLeft = "NO_STATE_LEFT";
    public const string VersionNotOpen = "VERSION_NOT_OPEN";

    private const int MaxReference = 2048;
    private readonly IntakeOptions _options = options.Value;
    private readonly TimeSpan _longestWindow = plan.Windows.Lengths[^1];

    public ParsedBatch Parse(in ReportedBatch batch)
    {
        if (HeaderCheck.Of(batch, _options) is { } refusal)
        {
            return ParsedBatch.Refused(refusal);
        }

        var classes = (int)batch.Classes;
        var key = new ModelKey(batch.Model, batch.Version);

        // Before anything is made: who reports another number of classes first must not keep the owner out.
        var declared = plan.Limits.ClassCounts.Of(key);
        if (declared is not null && declared != classes)
        {
            return ParsedBatch.Refused(Mismatch($"class_count is {classes}; {key} has {declared} classes (Intake:ClassCounts)."));
        }

        if (declared is null && batch.Caller is { } caller && !owners.MayOpen(caller, key.Model) && !registry.Knows(key))
        {
            return ParsedBatch.Refused(new BatchRefusal(
                "batch.version", VersionNotOpen,
                $"{key} is not known yet, and Access:Grants names the callers who report '{key.Model}': the first report of a version is one of theirs.",
                RefusalKind.Forbidden));
        }

        if (registry.Hold(key, classes) is not { } model)
        {
            return ParsedBatch.Refused(NoRoom(batch, classes));
        }

        var isTaken = false;
        try
        {
            var parsed = Read(batch, model);
            isTaken = parsed.Batch is not null;
            return parsed;
        }
        finally
        {
            if (!isTaken)
            {
                model.LetGo();
            }
        }
    }

    private ParsedBatch Read(in ReportedBatch batch, ModelState model)
    {
        var (classes, key) = ((int)batch.Classes, model.Key);
        if (model.ClassCount != classes)
        {
            return ParsedBatch.Refused(Mismatch(
                $"class_count is {classes}; {key} has reported {model.ClassCount} classes so far, and a version has one class count. Declare it in "
                    + "Intake:ClassCounts if the first report was wrong."));
        }

        var segmentName = registry.ResolveSegment(model, batch.Segment);
        var segment = segmentName.Length == 0 ? null : model.Segments.GetValueOrDefault(segmentName);
        return ReadRows(batch, model, segment, overflowed: !string.Equals(segmentName, batch.Segment, StringComparison.Ordinal));
    }

    private static BatchRefusal Mismatch(string message) => new("batch.class_count", "CLASS_COUNT_MISMATCH", message);

    private BatchRefusal NoRoom(in ReportedBatch batch, int classes) => registry.IsAtCap
        ? new BatchRefusal(
            "batch.version", TooManyModels,
            $"Intake:MaxModels ({_options.MaxModels}) model versions have reported within {_options.EvictAfter} (Intake:EvictAfter); "
                + $"{batch.Model}:{batch.Version} is a further one. Raise the first, or lower the second.", RefusalKind.Overload)
        : new BatchRefusal(
            "batch.version", NoStateLeft,
            $"{batch.Model}:{batch.Version} needs {plan.VersionBytes(classes)} bytes of state; {plan.Budget.Held} of {plan.Budget.Total} are in use "
                + "(Memory:StateBytes). Raise it, or the memory limit of the container.", RefusalKind.Overload);

    private ParsedBatch ReadRows(in ReportedBatch batch, ModelState model, SeriesState? segment, bool overflowed)
    {
        var now = time.GetUtcNow();
        var rows = batch.Values.Length / batch.RowBytes;
        var noTail = 0f;
        var ours = batch.Ids.Count == 0;
        var prefix = batch.Caller is { IsAuthenticated: true } caller ? PredictionIds.PrefixOf(caller.Subject) : "";
        var score = new ScoreBatch(model, segment, rows, batch.Width, ours) { PrefixLength = prefix.Length };
        var parsed = new ParsedBatch { Batch = score, TotalRows = rows, Overflowed = overflowed };
        var reader = new RowCodec(batch);
        var common = batch.Time ?? now;
        var taken = 0;
        for (var row = 0; row < rows; row++)
        {
            var id = ours ? NewId() : batch.Ids[row];
            var at = batch.TimesUnixUs.Count == 0 ? common : FromMicroseconds(batch.TimesUnixUs[row]);
            var reference = batch.InputReferences.Count == 0 ? "" : batch.InputReferences[row];
            var fault = reader.Read(row, score, taken)
                ?? CheckIdAndTime(id, at, now)
                ?? CheckReference(reference)
                ?? RowValues.Normalise(score.Row(taken), ref score.IsTopK ? ref score.TailMass(taken) : ref noTail, batch.Form);
            if (fault is { } bad)
            {
                parsed.Reject(row, id.Length > HeaderCheck.MaxName ? id[..HeaderCheck.MaxName] : id, bad);
                continue;
            }

            score.Ids[taken] = prefix.Length == 0 ? id : prefix + id;
            score.Characters += prefix.Length + id.Length;
            score.Times[taken] = at;
            score.SetInputReference(taken, reference);
            taken++;
        }

        score.Rows = taken;
        parsed.AcceptedRows = taken;
        return parsed;
    }

    private RowFault? CheckIdAndTime(string id, DateTimeOffset at, DateTimeOffset now)
    {
        if (id.Length is 0 or > HeaderCheck.MaxName)
        {
            return new RowFault(RowFaultKind.InvalidId, $"id has {id.Length} characters; it must have 1 to {HeaderCheck.MaxName}.");
        }

        if (id.Contains(PredictionIds.Separator, StringComparison.Ordinal))
        {
            return new RowFault(RowFaultKind.InvalidId, $"id has the character {PredictionIds.Separator} (U+241F), which stands between a caller and his ids.");
        }

        return at > now + _options.MaxClockSkew || at < now - _longestWindow
            ? new RowFault(RowFaultKind.TimeOutOfRange, string.Create(
                CultureInfo.InvariantCulture,
                $"time is {at:O}; it must lie between {now - _longestWindow:O} (the longest window) and {now + _options.MaxClockSkew:O}."))
            : null;
    }

    private static RowFault? CheckReference(string reference) => reference switch
    {
        { Length: > MaxReference } => new RowFault(
            RowFaultKind.InvalidInputReference, $"input_reference has {reference.Length} characters; it may have at most {MaxReference}."),
        _ when reference.Any(char.IsControl) => new RowFault(
            RowFaultKind.InvalidInputReference, "input_reference has control characters; it must be a URI."),
        _ => null,
    };

    private static DateTimeOffset FromMicroseconds(long microseconds)
    {
        // The years 1 and 9999: no window reaches so far.
        const long Earliest = -62_135_596_800_000_000;
        const long Latest = 253_402_300_799_999_999;
        return DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(microseconds, Earliest, Latest) * TimeSpan.TicksPerMicrosecond);
    }

    private static string NewId() => Guid.CreateVersion7().ToString("N");
}
