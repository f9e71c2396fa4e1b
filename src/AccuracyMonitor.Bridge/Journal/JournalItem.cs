using System.Runtime.InteropServices;
using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.Journal;

/// <summary>State of a leased request in the bridge. The numbers are stored.</summary>
internal enum ItemState
{
    /// <summary>A task is wanted. One may exist already, if an earlier import was cut off.</summary>
    Wanted = 1,

    /// <summary>The tool has a task for it, and the sidecar has no answer yet.</summary>
    Open = 2,

    /// <summary>The sidecar has the answer or the skip.</summary>
    Done = 3,

    /// <summary>No task can be made of it: it has no input yet, or the tool refuses it. Its lease is kept, so that it is not leased again and again.</summary>
    Held = 4,

    /// <summary>Over without an answer: its task is to be deleted.</summary>
    Ending = 5,

    /// <summary>Over without an answer, and without a task.</summary>
    Ended = 6,
}

/// <summary>One request in the journal.</summary>
internal sealed record JournalItem
{
    public long Id { get; init; }

    public required PredictionKey Key { get; init; }

    public required ItemState State { get; init; }

    /// <summary>Null: it is not leased, or the lease was lost.</summary>
    public string? LeaseId { get; init; }

    public DateTimeOffset? LeaseExpires { get; init; }

    public required DateTimeOffset RequestExpires { get; init; }

    /// <summary>Address of the input, shown to the annotator.</summary>
    public string Input { get; init; } = "";

    /// <summary>When an import with it was last sent; null: never.</summary>
    public DateTimeOffset? PostedAt { get; init; }

    public string? TaskId { get; init; }

    /// <summary>What the sidecar has acknowledged.</summary>
    public Applied Applied { get; init; }

    public DateTimeOffset ChangedAt { get; init; }
}

/// <summary>What the sidecar has acknowledged of a request.</summary>
/// <param name="Kind">Nothing, a label or a skip.</param>
/// <param name="Class">Class of the label, if it is one.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Applied(AppliedKind Kind, int Class = 0)
{
    /// <summary>Somebody answered with another tool before. Nothing that the annotation says is sent.</summary>
    public static Applied AnsweredElsewhere { get; } = new(AppliedKind.Refused, -1);
}

/// <summary>The numbers are stored.</summary>
internal enum AppliedKind
{
    Nothing = 0,
    Label = 1,
    Skip = 2,

    /// <summary>The sidecar refused what the annotation says; the same is not sent again.</summary>
    Refused = 3,
}
