using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Image.Tests;

/// <summary>A monitor of two members for ten classes: a sidecar that has scored with it has loaded ONNX Runtime.</summary>
internal static class SmallMonitor
{
    public const int Classes = 10;

    public static byte[] File()
    {
        var shape = new MonitorMetadata
        {
            Encoding = MonitorEncoding.SortedLog,
            ClassCount = Classes,
            Members = 2,
            MaskSeed = 7,
            DropoutRate = 0.5,
            HiddenWidths = [4],
            CalibrationScale = 1,
            CalibrationShift = 0,
            ReferenceCount = 100,
            ReferenceAccuracy = 0.9,
        };
        var inputs = FeatureEncoding.Width(shape.Encoding, Classes);
        return MonitorFile.Write(
            shape,
            new MonitorWeights(new float[inputs], [.. Enumerable.Repeat(1f, inputs)], 0.7f,
                [new DenseLayer(inputs, 4, new float[inputs * 4], new float[4]), new DenseLayer(4, 1, new float[4], new float[1])])).Onnx;
    }
}
