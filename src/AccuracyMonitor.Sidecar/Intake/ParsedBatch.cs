using AccuracyMonitor.Sidecar.Queueing;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>A batch as read: refused as a whole, or rows to score beside rows rejected.</summary>
internal sealed class ParsedBatch
{
    private List<RejectedRow>? _rejected;

    /// <summary>Null: refused as a whole.</summary>
    public ScoreBatch? Batch { get; init; }

    public BatchRefusal? Refusal { get; private init; }

    public int TotalRows { get; init; }

    public int AcceptedRows { get; set; }

    /// <summary>The segment was not declared, or one too many.</summary>
    public bool Overflowed { get; init; }

    /// <summary>In row order.</summary>
    public IReadOnlyList<RejectedRow> Rejected => _rejected ?? (IReadOnlyList<RejectedRow>)[];

    public static ParsedBatch Refused(BatchRefusal refusal) => new() { Refusal = refusal };

    public void Reject(int row, string id, RowFault fault) => (_rejected ??= []).Add(new RejectedRow(row, id, fault));
}

/// <summary>Why a whole batch was refused.</summary>
/// <param name="Field">Path of the field at fault.</param>
/// <param name="Reason">UPPER_SNAKE, as in google.rpc.ErrorInfo.</param>
/// <param name="Message">Field, value and bound, in words.</param>
/// <param name="Kind">Whose fault it is.</param>
internal sealed record BatchRefusal(string Field, string Reason, string Message, RefusalKind Kind = RefusalKind.Invalid)
{
    /// <summary>Of an internal error: under which the log has the cause; else empty.</summary>
    public string ErrorId { get; init; } = "";
}

internal enum RefusalKind
{
    /// <summary>The batch is wrong: INVALID_ARGUMENT.</summary>
    Invalid,

    /// <summary>The caller may try again later: RESOURCE_EXHAUSTED.</summary>
    Overload,

    /// <summary>The caller may not report for this model: PERMISSION_DENIED.</summary>
    Forbidden,

    /// <summary>The sidecar failed: INTERNAL.</summary>
    Internal,
}

internal readonly record struct RejectedRow(int Row, string Id, RowFault Fault);
