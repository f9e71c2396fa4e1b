using AccuracyMonitor.Capture;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>Batches between the wire and the intake.</summary>
internal static class BatchMapping
{
    /// <param name="batch">Null where the message has none.</param>
    /// <param name="reported">Reads the message's memory: valid while the message is not changed. Without a meaning when refused.</param>
    /// <returns>Null, or why the message has no meaning here.</returns>
    public static BatchRefusal? Read(PredictionBatch? batch, out ReportedBatch reported)
    {
        reported = default;
        if (batch is null)
        {
            return new BatchRefusal("batch", "EMPTY_BATCH", "batch is missing.");
        }

        if (EncodingOf(batch.Encoding) is not { } encoding)
        {
            return new BatchRefusal("batch.encoding", "INVALID_ENCODING", $"encoding is {(int)batch.Encoding}; it must be 0 to 3.");
        }

        if (FormOf(batch.Form) is not { } form)
        {
            return new BatchRefusal("batch.form", "INVALID_FORM", $"form is {(int)batch.Form}; it must be 0 to 2.");
        }

        if (batch.Time is { } t && !IsTime(t))
        {
            return new BatchRefusal("batch.time", "INVALID_TIME", $"time is {t.Seconds} s, {t.Nanos} ns; it must lie between the years 1 and 9999.");
        }

        reported = new ReportedBatch
        {
            Model = batch.Model,
            Version = batch.Version,
            Segment = batch.Segment,
            Classes = batch.ClassCount,
            Form = form,
            Encoding = encoding,
            Top = batch.Top,
            Values = batch.Values.Memory,
            TopClasses = batch.TopClasses.Memory,
            Ids = batch.Ids,
            InputReferences = batch.InputReferences,
            TimesUnixUs = batch.TimesUnixUs,
            Time = batch.Time?.ToDateTimeOffset(),
        };
        return null;
    }

    public static (ValueEncoding Encoding, uint Top) ToWire((RowEncoding Encoding, int Top) encoding) => encoding.Encoding switch
    {
        RowEncoding.Float16 => (ValueEncoding.Float16, 0),
        RowEncoding.TopK => (ValueEncoding.Top, (uint)encoding.Top),
        _ => (ValueEncoding.Float32, 0),
    };

    public static ItemStatus ToWire(RowFaultKind fault) => fault switch
    {
        RowFaultKind.NotFinite => ItemStatus.NotFinite,
        RowFaultKind.Negative => ItemStatus.Negative,
        RowFaultKind.SumOutOfTolerance => ItemStatus.SumOutOfTolerance,
        RowFaultKind.InvalidId => ItemStatus.IdTooLong,
        RowFaultKind.TimeOutOfRange => ItemStatus.TimeOutOfRange,
        RowFaultKind.InvalidTop => ItemStatus.InvalidTop,
        RowFaultKind.InvalidInputReference => ItemStatus.InvalidInputReference,
        _ => ItemStatus.Unspecified,
    };

    private static RowEncoding? EncodingOf(ValueEncoding encoding) => encoding switch
    {
        ValueEncoding.Unspecified or ValueEncoding.Float32 => RowEncoding.Float32,
        ValueEncoding.Float16 => RowEncoding.Float16,
        ValueEncoding.Top => RowEncoding.TopK,
        _ => null,
    };

    private static ValueForm? FormOf(OutputForm form) => form switch
    {
        OutputForm.Unspecified or OutputForm.Probabilities => ValueForm.Probabilities,
        OutputForm.Logits => ValueForm.Logits,
        _ => null,
    };

    private static bool IsTime(Timestamp time) =>
        time.Nanos is >= 0 and <= 999_999_999 && time.Seconds is >= -62_135_596_800 and <= 253_402_300_799;
}
