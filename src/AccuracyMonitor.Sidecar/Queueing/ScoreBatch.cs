using System.Buffers;
using System.Diagnostics;
using System.Numerics.Tensors;
using AccuracyMonitor.Sidecar.Models;

namespace AccuracyMonitor.Sidecar.Queueing;

/// <summary>
/// The valid rows of one caller's batch on their way through the scoring loop. Its arrays are rented: <see cref="Release"/> gives them back
/// once the answer has been written (an abandoned batch leaves them to the garbage collector).
/// </summary>
/// <param name="model">Whose predictions. Held by the caller (<see cref="ModelState.TryHold"/>); <see cref="ReleaseValues"/> lets it go.</param>
/// <param name="segment">Null: the batch names no segment.</param>
/// <param name="rows">Room for so many.</param>
/// <param name="width">See <see cref="Width"/>.</param>
/// <param name="chosenByUs">See <see cref="IdsAreOurs"/>.</param>
internal sealed class ScoreBatch(ModelState model, SeriesState? segment, int rows, int width, bool chosenByUs)
{
    /// <summary>Of a row besides its probabilities and the characters of its id.</summary>
    private const int RowFloats = 16;

    private ushort[] _classes = width < model.ClassCount ? ArrayPool<ushort>.Shared.Rent(rows * width) : [];
    private string[]? _inputReferences;
    private int _isReleased;
    private float[] _tailMasses = width < model.ClassCount ? ArrayPool<float>.Shared.Rent(rows) : [];

    public ModelState Model { get; } = model;

    /// <summary>Null: the batch names no segment.</summary>
    public SeriesState? Segment { get; } = segment;

    /// <summary>Valid rows; the arrays may be longer.</summary>
    public int Rows { get; set; } = rows;

    /// <summary>The ids were made by us, so no retry can repeat them.</summary>
    public bool IdsAreOurs { get; } = chosenByUs;

    /// <summary>Of each id, characters that its caller did not report.</summary>
    public int PrefixLength { get; init; }

    /// <summary>
    /// Probabilities kept of each row: K, or fewer: then its largest in falling order, and <see cref="Classes"/> and <see cref="TailMass"/> say whose
    /// they are and what the other classes have together.
    /// </summary>
    public int Width { get; private set; } = width;

    public bool IsTopK => Width < Model.ClassCount;

    /// <summary>Rows×<see cref="Width"/> probabilities, not negative; with <see cref="TailMass"/> each row sums to 1.</summary>
    public float[] Values { get; private set; } = ArrayPool<float>.Shared.Rent(rows * width);

    /// <summary>As they are kept.</summary>
    public string[] Ids { get; } = ArrayPool<string>.Shared.Rent(rows);

    /// <summary>The id as it was reported.</summary>
    public string ReportedId(int row) => Ids[row][PrefixLength..];

    public DateTimeOffset[] Times { get; } = ArrayPool<DateTimeOffset>.Shared.Rent(rows);

    public float[] Scores { get; } = ArrayPool<float>.Shared.Rent(rows);

    public float[] Disagreements { get; } = ArrayPool<float>.Shared.Rent(rows);

    public RowOutcome[] Outcomes { get; } = ArrayPool<RowOutcome>.Shared.Rent(rows);

    public string MonitorVersion { get; set; } = "";

    public bool MonitorValid { get; set; }

    /// <summary>Where the batch's trace goes on; a micro-batch follows its first batch's.</summary>
    public ActivityContext Trace { get; } = Activity.Current?.Context ?? default;

    /// <summary>Characters of all ids and input references.</summary>
    public long Characters { get; set; }

    /// <summary>What the batch holds while it waits, in floats: its probabilities, and for each row its id, time and what will be answered.</summary>
    public long QueuedValues => ((long)Rows * (Width + RowFloats)) + (Characters / 2);

    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Span<float> Row(int row) => Values.AsSpan(row * Width, Width);

    /// <summary>Of a top-k row.</summary>
    public Span<ushort> Classes(int row) => _classes.AsSpan(row * Width, Width);

    /// <inheritdoc cref="Classes"/>
    public ref float TailMass(int row) => ref _tailMasses[row];

    /// <summary>Where the row's input is kept; empty: nowhere that was told.</summary>
    public string InputReference(int row) => _inputReferences?[row] ?? "";

    public void SetInputReference(int row, string reference)
    {
        if (reference.Length > 0)
        {
            (_inputReferences ??= new string[Outcomes.Length])[row] = reference;
            Characters += reference.Length;
        }
    }

    public int PredictedClass(int row) => IsTopK ? Classes(row)[0] : TensorPrimitives.IndexOfMax<float>(Row(row));

    /// <summary>Writes K probabilities. The tail mass of a top-k row is spread evenly over the other classes, so whatever reads only the largest values
    /// and the tail mass sees what it would see of the full row.</summary>
    public void CopyDense(int row, Span<float> target)
    {
        var values = Row(row);
        if (!IsTopK)
        {
            values.CopyTo(target);
            return;
        }

        target.Fill(TailMass(row) / (target.Length - values.Length));
        var classes = Classes(row);
        for (var i = 0; i < values.Length; i++)
        {
            target[classes[i]] = values[i];
        }
    }

    /// <summary>Makes top-k rows dense, for a monitor that reads more of them. By the scoring loop.</summary>
    public void Densify()
    {
        var dense = ArrayPool<float>.Shared.Rent(Rows * Model.ClassCount);
        for (var row = 0; row < Rows; row++)
        {
            CopyDense(row, dense.AsSpan(row * Model.ClassCount, Model.ClassCount));
        }

        ArrayPool<float>.Shared.Return(Values);
        (Values, Width) = (dense, Model.ClassCount);
    }

    /// <summary>
    /// Gives the probabilities and input references back, and lets the version go, once the rows are counted: the answer, which may wait
    /// long for its caller, needs none of them. Twice
    /// is the same as once.
    /// </summary>
    public void ReleaseValues()
    {
        var (values, classes, tailMasses) = (Values, _classes, _tailMasses);
        (Values, _classes, _tailMasses) = ([], [], []);
        _inputReferences = null;
        if (Interlocked.Exchange(ref _isReleased, 1) == 0)
        {
            Model.LetGo();
        }

        ArrayPool<float>.Shared.Return(values);
        ArrayPool<ushort>.Shared.Return(classes);
        ArrayPool<float>.Shared.Return(tailMasses);
    }

    public void Release()
    {
        ReleaseValues();
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
