using System.Runtime.InteropServices;

namespace AccuracyMonitor.Scoring.Networks;

/// <summary>What a monitor costs to load and to run, computed from its metadata alone.</summary>
/// <param name="Parameters">Dense weights and biases.</param>
/// <param name="MemoryBytes">Upper bound of the memory while it is loaded: ONNX Runtime evaluates the nodes of constants one after the other, and holds the
/// widest of them beside what they are made of.</param>
/// <param name="FlopsPerPrediction">Multiplications and additions of the matrix products.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MonitorCost(long Parameters, long MemoryBytes, long FlopsPerPrediction)
{
    /// <summary>Rows that are scored in one run.</summary>
    public const int RowsPerRun = 128;

    /// <summary>Bytes of a session without weights.</summary>
    private const long Session = 2 << 20;

    public static MonitorCost Of(MonitorMetadata metadata)
    {
        long inputs = FeatureEncoding.Width(metadata.Encoding, metadata.ClassCount);
        long first = metadata.HiddenWidths[0];
        long members = metadata.Members;
        var second = metadata.HiddenWidths.Count > 1 ? metadata.HiddenWidths[1] : 0L;
        var kept = second == 0 ? 1L : DropoutMask.KeptCount((int)second, metadata.DropoutRate);
        var parameters = ((inputs + 1) * first) + ((first + 1) * Math.Max(second, 1)) + (second == 0 ? 0 : second + 1);
        var units = members * kept;
        var packed = first * units;

        // The mask, each member's dense copy of its second layer, the columns of kept units, and ONNX Runtime's own arrangement of them.
        var constants = (first * members) + (2 * first * members * Math.Max(second, 1)) + (2 * packed) + (4 * units);
        var rows = RowsPerRun * (inputs + first + (2 * units) + (3 * members));
        return new MonitorCost(parameters, Session + (sizeof(float) * ((5 * parameters) + constants + rows)), 2 * ((inputs * first) + packed + units));
    }
}
