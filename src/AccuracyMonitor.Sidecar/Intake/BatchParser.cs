using System.Globalization;
using System.Numerics.Tensors;
using AccuracyMonitor.Core;
using AccuracyMonitor.Protocol;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Queueing;
using AccuracyMonitor.V1;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>Reads a batch off the wire: checks every bound, names what is wrong, and never lets a bad row reach a window.</summary>
internal sealed class BatchParser(
    ModelRegistry registry, IOptions<IntakeOptions> options, ModelPlan plan, TimeProvider time)
{
    public const string TooManyModels = "TOO_MANY_MODELS";
    public const string NoStateLeft = "NO_STATE_LEFT";

    private const int MaxName = 128;
    private readonly IntakeOptions _options = options.Value;
    private readonly TimeSpan _longestWindow = plan.Windows.Lengths[^1];

    public ParsedBatch Parse(PredictionBatch? batch)
    {
        if (batch is null)
        {
            return ParsedBatch.Refused("batch", "EMPTY_BATCH", "batch is missing.");
        }

        if (CheckHeader(batch) is { } refusal)
        {
            return refusal;
        }

        var classes = (int)batch.ClassCount;
        var rows = batch.Values.Length / RowCodec.RowBytes(batch);
        var model = registry.GetOrCreate(new ModelKey(batch.Model, batch.Version), classes);
        if (model is null)
        {
            return registry.IsAtCap
                ? ParsedBatch.Refused(
                    "batch.version", TooManyModels,
                    $"Intake:MaxModels ({_options.MaxModels}) model versions are in use; {batch.Model}:{batch.Version} is a further one. Raise it: a "
                        + "version makes room once it has reported nothing for longer than the longest window.", RefusalKind.Overload)
                : ParsedBatch.Refused(
                    "batch.version", NoStateLeft,
                    $"{batch.Model}:{batch.Version} needs {plan.VersionBytes(classes)} bytes of state; {plan.Budget.Held} of {plan.Budget.Total} are in use "
                        + "(Memory:StateBytes). Raise it, or the memory limit of the container.", RefusalKind.Overload);
        }

        if (model.ClassCount != classes)
        {
            return ParsedBatch.Refused(
                "batch.class_count", "CLASS_COUNT_MISMATCH",
                $"class_count is {classes}; {model.Key} has reported {model.ClassCount} classes so far, and a version has one class count.");
        }

        var segmentName = registry.ResolveSegment(model, batch.Segment);
        var segment = segmentName.Length == 0 ? null : model.Segments.GetValueOrDefault(segmentName);
        return ReadRows(batch, model, segment, rows, overflowed: !string.Equals(segmentName, batch.Segment, StringComparison.Ordinal));
    }

    private ParsedBatch? CheckHeader(PredictionBatch batch)
    {
        if (batch.Model.Length is 0 or > MaxName)
        {
            return ParsedBatch.Refused("batch.model", "INVALID_MODEL", $"model has {batch.Model.Length} characters; it must have 1 to {MaxName}.");
        }

        if (batch.Version.Length is 0 or > MaxName)
        {
            return ParsedBatch.Refused("batch.version", "INVALID_VERSION", $"version has {batch.Version.Length} characters; it must have 1 to {MaxName}.");
        }

        if (batch.Segment.Length > MaxName)
        {
            return ParsedBatch.Refused("batch.segment", "INVALID_SEGMENT", $"segment has {batch.Segment.Length} characters; it may have at most {MaxName}.");
        }

        if (_options.AllowedModels.Length > 0 && !_options.AllowedModels.Contains(batch.Model, StringComparer.Ordinal))
        {
            return ParsedBatch.Refused("batch.model", "MODEL_NOT_ALLOWED", $"model '{batch.Model}' is not in Intake:AllowedModels.");
        }

        if (batch.ClassCount < 2 || batch.ClassCount > _options.MaxClasses)
        {
            return ParsedBatch.Refused(
                "batch.class_count", "INVALID_CLASS_COUNT", $"class_count is {batch.ClassCount}; it must lie between 2 and {_options.MaxClasses}.");
        }

        if (!Enum.IsDefined(batch.Encoding))
        {
            return ParsedBatch.Refused("batch.encoding", "INVALID_ENCODING", $"encoding is {(int)batch.Encoding}; it must be 0 to 3.");
        }

        if (batch.Encoding == ValueEncoding.Top && (batch.Top is < 1 or > RowCodec.MaxTop || batch.Top >= batch.ClassCount))
        {
            return ParsedBatch.Refused(
                "batch.top", "INVALID_TOP", $"top is {batch.Top}; it must lie between 1 and {RowCodec.MaxTop} and below class_count = {batch.ClassCount}.");
        }

        if (batch.Encoding == ValueEncoding.Top && batch.Form == OutputForm.Logits)
        {
            return ParsedBatch.Refused("batch.form", "INVALID_FORM", "form is LOGITS; with encoding = TOP the values are probabilities.");
        }

        var rowBytes = RowCodec.RowBytes(batch);
        if (batch.Values.Length == 0)
        {
            return ParsedBatch.Refused("batch.values", "EMPTY_BATCH", "values is empty; a batch has at least one row.");
        }

        if (batch.Values.Length % rowBytes != 0)
        {
            return ParsedBatch.Refused(
                "batch.values", "TRUNCATED_VALUES",
                $"values has {batch.Values.Length} bytes; it must be a multiple of a row's {RowCodec.Describe(batch)} = {rowBytes}.");
        }

        var rows = batch.Values.Length / rowBytes;
        if (rows > _options.MaxBatchRows)
        {
            return ParsedBatch.Refused(
                "batch.values", "OVERSIZED_BATCH", $"values has {rows} rows; at most {_options.MaxBatchRows} are taken (Intake:MaxBatchRows).");
        }

        // A monitor that reads more of a row than its top k makes the whole batch dense at once.
        var dense = (long)rows * batch.ClassCount;
        if (batch.Encoding == ValueEncoding.Top && dense > _options.MaxQueuedValues)
        {
            return ParsedBatch.Refused(
                "batch.values", "OVERSIZED_BATCH",
                $"values has {rows} rows of class_count = {batch.ClassCount}, {dense} values when dense; at most {_options.MaxQueuedValues} are taken "
                    + "(Intake:MaxQueuedValues). Send fewer rows in a batch.");
        }

        if (batch.Encoding == ValueEncoding.Top && batch.TopClasses.Length != rows * (int)batch.Top * sizeof(ushort))
        {
            return ParsedBatch.Refused(
                "batch.top_classes", "COUNT_MISMATCH",
                $"top_classes has {batch.TopClasses.Length} bytes; it must have 2 × top for each of {rows} rows = {rows * (int)batch.Top * sizeof(ushort)}.");
        }

        if (batch.Ids.Count != 0 && batch.Ids.Count != rows)
        {
            return ParsedBatch.Refused("batch.ids", "COUNT_MISMATCH", $"ids has {batch.Ids.Count} entries; it must have none or one per row ({rows}).");
        }

        if (batch.TimesUnixUs.Count != 0 && batch.TimesUnixUs.Count != rows)
        {
            return ParsedBatch.Refused(
                "batch.times_unix_us", "COUNT_MISMATCH", $"times_unix_us has {batch.TimesUnixUs.Count} entries; it must have none or one per row ({rows}).");
        }

        if (!Enum.IsDefined(batch.Form))
        {
            return ParsedBatch.Refused("batch.form", "INVALID_FORM", $"form is {(int)batch.Form}; it must be 0 to 2.");
        }

        if (batch.Time is { } t && (t.Nanos is < 0 or > 999_999_999 || t.Seconds is < -62_135_596_800 or > 253_402_300_799))
        {
            return ParsedBatch.Refused("batch.time", "INVALID_TIME", $"time is {t.Seconds} s, {t.Nanos} ns; it must lie between the years 1 and 9999.");
        }

        return null;
    }

    private ParsedBatch ReadRows(PredictionBatch batch, ModelState model, SeriesState? segment, int rows, bool overflowed)
    {
        var now = time.GetUtcNow();
        var rest = 0f;
        var ours = batch.Ids.Count == 0;
        var score = new ScoreBatch(model, segment, rows, RowCodec.Width(batch), ours);
        var parsed = new ParsedBatch { Batch = score, TotalRows = rows, Overflowed = overflowed };
        var reader = new RowCodec(batch);
        var common = batch.Time?.ToDateTimeOffset() ?? now;
        var taken = 0;
        for (var row = 0; row < rows; row++)
        {
            var fault = reader.Read(row, score, taken);
            var id = ours ? NewId() : batch.Ids[row];
            var at = batch.TimesUnixUs.Count == 0 ? common : FromMicroseconds(batch.TimesUnixUs[row]);
            var (status, reason) = fault is null ? CheckRow(score.Row(taken), ref score.IsTopK ? ref score.TailMass(taken) : ref rest, batch.Form, id, at, now)
                : (ItemStatus.InvalidTop, fault);
            if (status != ItemStatus.Accepted)
            {
                parsed.Reject(row, id.Length > MaxName ? id[..MaxName] : id, status, reason);
                continue;
            }

            score.Ids[taken] = id;
            score.IdCharacters += id.Length;
            score.Times[taken] = at;
            taken++;
        }

        score.Rows = taken;
        parsed.AcceptedRows = taken;
        return parsed;
    }

    private (ItemStatus Status, string Reason) CheckRow(Span<float> row, ref float rest, OutputForm form, string id, DateTimeOffset at, DateTimeOffset now)
    {
        if (id.Length is 0 or > MaxName)
        {
            return (ItemStatus.IdTooLong, $"id has {id.Length} characters; it must have 1 to {MaxName}.");
        }

        if (at > now + _options.MaxClockSkew || at < now - _longestWindow)
        {
            return (ItemStatus.TimeOutOfRange, string.Create(CultureInfo.InvariantCulture,
                $"time is {at:O}; it must lie between {now - _longestWindow:O} (the longest window) and {now + _options.MaxClockSkew:O}."));
        }

        // A sum over the row is finite only if every entry is: one pass for the good case.
        var sum = SoftmaxRow.Sum(row) + rest;
        if (!double.IsFinite(sum) && row.IndexOfAnyExceptFinite() is >= 0 and var bad)
        {
            return (ItemStatus.NotFinite, $"value {bad} is {row[bad]}; every value must be finite.");
        }

        if (!float.IsFinite(rest))
        {
            return (ItemStatus.NotFinite, $"the rest is {rest}; it must be finite.");
        }

        if (form == OutputForm.Logits)
        {
            // SoftMax does not take the largest off by itself: exp overflows from 89 on, and what came of it was NaN.
            TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
            TensorPrimitives.SoftMax<float>(row, row);
            return (ItemStatus.Accepted, "");
        }

        if (TensorPrimitives.Min<float>(row) < 0)
        {
            var at0 = TensorPrimitives.IndexOfMin<float>(row);
            return (ItemStatus.Negative, $"value {at0} is {row[at0]}; a probability must be at least 0 (declare form = LOGITS for logits).");
        }

        if (rest < 0)
        {
            return (ItemStatus.Negative, $"the rest is {rest}; it must be at least 0.");
        }

        if (!SoftmaxRow.SumsToOne(sum))
        {
            return (ItemStatus.SumOutOfTolerance,
                $"the row sums to {(float)sum}; it must sum to 1 ± {SoftmaxRow.SumTolerance} (declare form = LOGITS for logits).");
        }

        TensorPrimitives.Divide(row, (float)sum, row);
        rest /= (float)sum;
        return (ItemStatus.Accepted, "");
    }

    private static DateTimeOffset FromMicroseconds(long microseconds)
    {
        // The years 1 and 9999: no window reaches so far.
        const long Earliest = -62_135_596_800_000_000;
        const long Latest = 253_402_300_799_999_999;
        return DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(microseconds, Earliest, Latest) * TimeSpan.TicksPerMicrosecond);
    }

    private static string NewId() => Guid.CreateVersion7().ToString("N");
}

internal static class FiniteSearch
{
    /// <summary>Index of the first NaN or infinity, or −1.</summary>
    public static int IndexOfAnyExceptFinite(this Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
