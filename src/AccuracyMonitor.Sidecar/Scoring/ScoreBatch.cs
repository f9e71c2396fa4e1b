using System.Buffers;
using System.Diagnostics;
using AccuracyMonitor.Sidecar.Intake;

namespace AccuracyMonitor.Sidecar.Scoring;

/// <summary>
/// The valid rows of one caller's batch on their way through the scoring loop. Its arrays are rented: <see cref="Release"/> gives them back
/// once the answer has been written (an abandoned batch leaves them to the garbage collector).
/// </summary>
internal sealed class ScoreBatch(ModelState model, SeriesState? segment, int rows, bool chosenByUs)
{
    public ModelState Model { get; } = model;

    /// <summary>Null: the batch names no segment.</summary>
    public SeriesState? Segment { get; } = segment;

    /// <summary>Valid rows; the arrays may be longer.</summary>
    public int Rows { get; set; } = rows;

    /// <summary>The ids were made by us, so no retry can repeat them.</summary>
    public bool IdsAreOurs { get; } = chosenByUs;

    /// <summary>Rows×K probabilities, each row non-negative and summing to 1.</summary>
    public float[] Values { get; } = ArrayPool<float>.Shared.Rent(rows * model.ClassCount);

    public string[] Ids { get; } = ArrayPool<string>.Shared.Rent(rows);

    public DateTimeOffset[] Times { get; } = ArrayPool<DateTimeOffset>.Shared.Rent(rows);

    public float[] Scores { get; } = ArrayPool<float>.Shared.Rent(rows);

    public float[] Disagreements { get; } = ArrayPool<float>.Shared.Rent(rows);

    public RowOutcome[] Outcomes { get; } = ArrayPool<RowOutcome>.Shared.Rent(rows);

    public string MonitorVersion { get; set; } = "";

    public bool MonitorValid { get; set; }

    public bool HasRequests
    {
        get
        {
            foreach (var outcome in Outcomes.AsSpan(0, Rows))
            {
                if (outcome.Has(RowOutcome.Requested))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Where the batch's trace goes on; a micro-batch follows its first batch's.</summary>
    public ActivityContext Trace { get; } = Activity.Current?.Context ?? default;

    public long QueuedValues => (long)Rows * Model.ClassCount;

    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        ArrayPool<float>.Shared.Return(Values);
        ArrayPool<string>.Shared.Return(Ids, clearArray: true);
        ArrayPool<DateTimeOffset>.Shared.Return(Times);
        ArrayPool<float>.Shared.Return(Scores);
        ArrayPool<float>.Shared.Return(Disagreements);
        ArrayPool<RowOutcome>.Shared.Return(Outcomes);
    }
}

/// <summary>What became of one row.</summary>
[Flags]
internal enum RowOutcome : byte
{
    Counted = 0,
    Requested = 1,
    Duplicate = 2,

    /// <summary>Its time fell out of every window while it waited.</summary>
    OutOfRange = 4,
}

internal static class RowOutcomes
{
    public static bool Has(this RowOutcome outcome, RowOutcome flag) => (outcome & flag) == flag;
}
