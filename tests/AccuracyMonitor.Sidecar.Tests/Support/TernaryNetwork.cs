using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;

namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>A small ternary monitor network. It can be fine-tuned without libtorch.</summary>
internal static class TernaryNetwork
{
    private const int Hidden = 4;

    /// <summary>The packed ternary file.</summary>
    public static byte[] File(int classes)
    {
        var (shape, weights) = Make(classes);
        return TernaryFile.Write(shape, weights).File;
    }

    /// <summary>The same network as a monitor file.</summary>
    public static byte[] Onnx(int classes)
    {
        var (shape, weights) = Make(classes);
        return MonitorFile.Write(shape, weights.ToDense()).Onnx;
    }

    private static (MonitorMetadata Shape, TernaryWeights Weights) Make(int classes)
    {
        var shape = new MonitorMetadata
        {
            ClassCount = classes,
            Encoding = MonitorEncoding.SortedLog,
            HiddenWidths = [Hidden],
            Members = 5,
            DropoutRate = 0.2,
            MaskSeed = 1,
        };
        var width = FeatureEncoding.Width(shape.Encoding, classes);
        sbyte[] trits = [.. Enumerable.Range(0, width * Hidden).Select(i => (sbyte)((i % 3) - 1))];
        var weights = new TernaryWeights(
            new float[width], [.. Enumerable.Repeat(1f, width)], 1,
            [new TernaryLayer(width, Hidden, trits, 0.1f, new float[Hidden]), new TernaryLayer(Hidden, 1, [1, -1, 0, 1], 0.1f, [0])]);
        return (shape, weights);
    }
}
