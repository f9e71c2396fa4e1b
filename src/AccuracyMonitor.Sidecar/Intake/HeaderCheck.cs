using AccuracyMonitor.Capture;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>Checks what a batch says of itself, before any row is read.</summary>
internal static class HeaderCheck
{
    /// <summary>Most characters of a name or an id.</summary>
    public const int MaxName = 128;

    /// <summary>Characters of all input references of a batch.</summary>
    private const int MaxReferenceCharacters = 1 << 20;

    /// <returns>Null, or what is wrong: then nothing of the batch is used.</returns>
    public static BatchRefusal? Of(in ReportedBatch batch, IntakeOptions options) =>
        Names(batch, options) ?? Encoding(batch, options) ?? Rows(batch, options) ?? Counts(batch, batch.Values.Length / batch.RowBytes);

    private static BatchRefusal? Names(in ReportedBatch batch, IntakeOptions options)
    {
        if (batch.Model.Length is 0 or > MaxName)
        {
            return new BatchRefusal("batch.model", "INVALID_MODEL", $"model has {batch.Model.Length} characters; it must have 1 to {MaxName}.");
        }

        if (batch.Version.Length is 0 or > MaxName)
        {
            return new BatchRefusal("batch.version", "INVALID_VERSION", $"version has {batch.Version.Length} characters; it must have 1 to {MaxName}.");
        }

        if (batch.Segment.Length > MaxName)
        {
            return new BatchRefusal("batch.segment", "INVALID_SEGMENT", $"segment has {batch.Segment.Length} characters; it may have at most {MaxName}.");
        }

        return options.AllowedModels.Length > 0 && !options.AllowedModels.Contains(batch.Model, StringComparer.Ordinal)
            ? new BatchRefusal("batch.model", "MODEL_NOT_ALLOWED", $"model '{batch.Model}' is not in Intake:AllowedModels.")
            : null;
    }

    private static BatchRefusal? Encoding(in ReportedBatch batch, IntakeOptions options)
    {
        if (batch.Classes < 2 || batch.Classes > options.MaxClasses)
        {
            return new BatchRefusal(
                "batch.class_count", "INVALID_CLASS_COUNT", $"class_count is {batch.Classes}; it must lie between 2 and {options.MaxClasses}.");
        }

        if (batch.Encoding != RowEncoding.TopK)
        {
            return null;
        }

        if (batch.Top is < 1 or > RowCodec.MaxTop || batch.Top >= batch.Classes)
        {
            return new BatchRefusal(
                "batch.top", "INVALID_TOP", $"top is {batch.Top}; it must lie between 1 and {RowCodec.MaxTop} and below class_count = {batch.Classes}.");
        }

        return batch.Form == ValueForm.Logits
            ? new BatchRefusal("batch.form", "INVALID_FORM", "form is LOGITS; with encoding = TOP the values are probabilities.")
            : null;
    }

    private static BatchRefusal? Rows(in ReportedBatch batch, IntakeOptions options)
    {
        if (batch.Values.IsEmpty)
        {
            return new BatchRefusal("batch.values", "EMPTY_BATCH", "values is empty; a batch has at least one row.");
        }

        if (batch.Values.Length % batch.RowBytes != 0)
        {
            return new BatchRefusal(
                "batch.values", "TRUNCATED_VALUES",
                $"values has {batch.Values.Length} bytes; it must be a multiple of a row's {Describe(batch.Encoding)} = {batch.RowBytes}.");
        }

        var rows = batch.Values.Length / batch.RowBytes;
        if (rows > options.MaxBatchRows)
        {
            return new BatchRefusal(
                "batch.values", "OVERSIZED_BATCH", $"values has {rows} rows; at most {options.MaxBatchRows} are taken (Intake:MaxBatchRows).");
        }

        // A monitor that reads more of a row than its top k makes the whole batch dense at once.
        var dense = (long)rows * batch.Classes;
        return batch.Encoding == RowEncoding.TopK && dense > options.MaxQueuedValues
            ? new BatchRefusal(
                "batch.values", "OVERSIZED_BATCH",
                $"values has {rows} rows of class_count = {batch.Classes}, {dense} values when dense; at most {options.MaxQueuedValues} are taken "
                    + "(Intake:MaxQueuedValues). Send fewer rows in a batch.")
            : null;
    }

    /// <summary>Whether what goes with the rows is of their number.</summary>
    private static BatchRefusal? Counts(in ReportedBatch batch, int rows)
    {
        if (batch.Encoding == RowEncoding.TopK && batch.TopClasses.Length != rows * (int)batch.Top * sizeof(ushort))
        {
            return new BatchRefusal(
                "batch.top_classes", "COUNT_MISMATCH",
                $"top_classes has {batch.TopClasses.Length} bytes; it must have 2 × top for each of {rows} rows = {rows * (int)batch.Top * sizeof(ushort)}.");
        }

        if (batch.Ids.Count != 0 && batch.Ids.Count != rows)
        {
            return new BatchRefusal("batch.ids", "COUNT_MISMATCH", $"ids has {batch.Ids.Count} entries; it must have none or one per row ({rows}).");
        }

        return batch.TimesUnixUs.Count != 0 && batch.TimesUnixUs.Count != rows
            ? new BatchRefusal(
                "batch.times_unix_us", "COUNT_MISMATCH", $"times_unix_us has {batch.TimesUnixUs.Count} entries; it must have none or one per row ({rows}).")
            : References(batch, rows);
    }

    private static BatchRefusal? References(in ReportedBatch batch, int rows)
    {
        if (batch.InputReferences.Count != 0 && batch.InputReferences.Count != rows)
        {
            return new BatchRefusal(
                "batch.input_references", "COUNT_MISMATCH",
                $"input_references has {batch.InputReferences.Count} entries; it must have none or one per row ({rows}).");
        }

        return batch.InputReferences.Sum(static r => (long)r.Length) is > MaxReferenceCharacters and var characters
            ? new BatchRefusal(
                "batch.input_references", "OVERSIZED_BATCH",
                $"input_references has {characters} characters in all; at most {MaxReferenceCharacters} are taken. Send fewer rows in a batch.")
            : null;
    }

    private static string Describe(RowEncoding encoding) => encoding switch
    {
        RowEncoding.Float16 => "2 × class_count",
        RowEncoding.TopK => "4 × (top + 1)",
        _ => "4 × class_count",
    };
}
