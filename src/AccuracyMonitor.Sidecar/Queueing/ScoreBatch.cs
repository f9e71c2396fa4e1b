using System.Buffers;
using System.Diagnostics;
using System.Numerics.Tensors;
using AccuracyMonitor.Sidecar.Models;

namespace AccuracyMonitor.Sidecar.Queueing;

/// <summary>
/// The valid rows of one caller's batch on their way through the scoring loop. Its arrays are rented: <see cref="Release"/> gives them back
/// once the answer has been written (an abandoned batch leaves them to the garbage collector).
/// </summary>
/// <param name="model">Whose predictions.</param>
/// <param name="segment">Null: the batch names no segment.</param>
/// <param name="rows">Room for so many.</param>
/// <param name="width">See <see cref="Width"/>.</param>
/// <param name="chosenByUs">See <see cref="IdsAreOurs"/>.</param>
internal sealed class ScoreBatch(ModelState model, SeriesState? segment, int rows, int width, bool chosenByUs)
{
    private readonly ushort[] _classes = width < model.ClassCount ? ArrayPool<ushort>.Shared.Rent(rows * width) : [];
    private readonly float[] _rests = width < model.ClassCount ? ArrayPool<float>.Shared.Rent(rows) : [];

    public ModelState Model { get; } = model;

    /// <summary>Null: the batch names no segment.</summary>
    public SeriesState? Segment { get; } = segment;

    /// <summary>Valid rows; the arrays may be longer.</summary>
    public int Rows { get; set; } = rows;

    /// <summary>The ids were made by us, so no retry can repeat them.</summary>
    public bool IdsAreOurs { get; } = chosenByUs;

    /// <summary>
    /// Probabilities kept of each row: K, or fewer: then its largest in falling order, and <see cref="Classes"/> and <see cref="Rest"/> say whose
    /// they are and what the other classes have together.
    /// </summary>
    public int Width { get; private set; } = width;

    public bool IsShort => Width < Model.ClassCount;

    /// <summary>Rows×<see cref="Width"/> probabilities, not negative; with <see cref="Rest"/> each row sums to 1.</summary>
    public float[] Values { get; private set; } = ArrayPool<float>.Shared.Rent(rows * width);

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

    public long QueuedValues => (long)Rows * Width;

    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Span<float> Row(int row) => Values.AsSpan(row * Width, Width);

    /// <summary>Of a short row.</summary>
    public Span<ushort> Classes(int row) => _classes.AsSpan(row * Width, Width);

    /// <inheritdoc cref="Classes"/>
    public ref float Rest(int row) => ref _rests[row];

    public int PredictedClass(int row) => IsShort ? Classes(row)[0] : TensorPrimitives.IndexOfMax<float>(Row(row));

    /// <summary>Writes K probabilities. A short row's rest is spread evenly: whatever reads only the largest values and the rest's mass sees what it
    /// would see of the whole row.</summary>
    public void CopyWhole(int row, Span<float> target)
    {
        var values = Row(row);
        if (!IsShort)
        {
            values.CopyTo(target);
            return;
        }

        target.Fill(Rest(row) / (target.Length - values.Length));
        var classes = Classes(row);
        for (var i = 0; i < values.Length; i++)
        {
            target[classes[i]] = values[i];
        }
    }

    /// <summary>Makes short rows whole, for a monitor that reads more of them. By the scoring loop.</summary>
    public void Widen()
    {
        var whole = ArrayPool<float>.Shared.Rent(Rows * Model.ClassCount);
        for (var row = 0; row < Rows; row++)
        {
            CopyWhole(row, whole.AsSpan(row * Model.ClassCount, Model.ClassCount));
        }

        ArrayPool<float>.Shared.Return(Values);
        (Values, Width) = (whole, Model.ClassCount);
    }

    public void Release()
    {
        if (_rests.Length > 0)
        {
            ArrayPool<ushort>.Shared.Return(_classes);
            ArrayPool<float>.Shared.Return(_rests);
        }

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
