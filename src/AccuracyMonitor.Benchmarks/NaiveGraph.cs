using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Onnx;

namespace AccuracyMonitor.Benchmarks;

/// <summary>
/// Baselines for the monitor's graph: the same network as T dense passes, and as one dense pass. Features and class look-up are those of
/// the shipped graph. Standardisation, masks and calibration are folded into the weights, so a pass consists of three products.
/// </summary>
internal static class NaiveGraph
{
    /// <summary>T passes, each through a full copy of the network in which the member's dropped units have weight zero.</summary>
    /// <returns>An ONNX model with the outputs of a monitor file.</returns>
    public static byte[] Passes(MonitorMetadata metadata, MonitorWeights weights)
    {
        var (model, encoding) = Start(metadata);
        var parts = new Parts(encoding, metadata);
        var logits = Enumerable.Range(0, metadata.Members).Select(t => Pass(model, metadata, weights, parts, t)).ToArray();
        MonitorGraph.Outputs(
            model, metadata.Members, WithConfidence(model, metadata, weights, encoding, model.Node("Concat", logits, OnnxAttribute.Int("axis", 1))));
        return model.ToBytes();
    }

    /// <summary>One pass of the full network without masks.</summary>
    /// <returns>An ONNX model whose one output is the logit, [N,1].</returns>
    public static byte[] Single(MonitorMetadata metadata, MonitorWeights weights)
    {
        var (model, encoding) = Start(metadata);
        var logit = Pass(model, metadata, weights, new Parts(encoding, metadata), member: null);
        model.Node("Identity", [WithConfidence(model, metadata, weights, encoding, logit)], [MonitorGraph.Logit]);
        model.Output(MonitorGraph.Logit, OnnxElementType.Float, "N", 1);
        return model.ToBytes();
    }

    private static (OnnxModelBuilder Model, EncodingGraph Encoding) Start(MonitorMetadata metadata)
    {
        var model = new OnnxModelBuilder("naive");
        return (model, new EncodingGraph(model, metadata, model.Input(MonitorGraph.Input, OnnxElementType.Float, "N", metadata.ClassCount)));
    }

    private static string Pass(OnnxModelBuilder model, MonitorMetadata metadata, MonitorWeights weights, Parts parts, int? member)
    {
        var name = $"pass{member ?? 0}";
        var x = parts.Features;
        for (var l = 0; l < weights.Layers.Count; l++)
        {
            var (w, b) = Folded(metadata, weights, l, member);
            var (inputs, outputs) = (weights.Layers[l].Inputs, weights.Layers[l].Outputs);
            var numbers = l == 0 && parts.PredictedClass is not null ? inputs - metadata.ClassCount : inputs;
            var sum = model.Node("Gemm", [
                x, model.Floats($"{name}_weights{l}", w[..(numbers * outputs)], numbers, outputs), model.Floats($"{name}_bias{l}", b, outputs)]);
            if (numbers < inputs)
            {
                var rows = model.Floats($"{name}_classes", w[(numbers * outputs)..], metadata.ClassCount, outputs);
                sum = model.Node("Add", [sum, model.Node("Gather", [rows, parts.PredictedClass!])]);
            }

            x = l < weights.Layers.Count - 1 ? model.Node("Relu", [sum]) : sum;
        }

        return x;
    }

    /// <summary>A layer with all constants folded in. ReLU(s·x) = s·ReLU(x) for s ≥ 0, so a mask may be applied before the ReLU.</summary>
    private static (float[] Weights, float[] Bias) Folded(MonitorMetadata metadata, MonitorWeights weights, int layer, int? member)
    {
        var (inputs, outputs, w, b) = weights.Layers[layer];
        var (folded, bias) = ((float[])w.Clone(), (float[])b.Clone());
        for (var i = 0; layer == 0 && i < inputs; i++)
        {
            for (var o = 0; o < outputs; o++)
            {
                folded[(i * outputs) + o] *= weights.FeatureScale[i];
                bias[o] -= weights.FeatureMean[i] * folded[(i * outputs) + o];
            }
        }

        var columns = layer == weights.Layers.Count - 1 ? [(float)metadata.CalibrationScale] : Mask(metadata, layer, outputs, member);
        for (var o = 0; o < outputs; o++)
        {
            bias[o] *= columns[o];
            for (var i = 0; i < inputs; i++)
            {
                folded[(i * outputs) + o] *= columns[o];
            }
        }

        if (layer == weights.Layers.Count - 1)
        {
            bias[0] += (float)metadata.CalibrationShift;
        }

        return (folded, bias);
    }

    private static float[] Mask(MonitorMetadata metadata, int layer, int width, int? member)
    {
        var mask = new float[width];
        if (member is not { } t)
        {
            mask.AsSpan().Fill(1);
            return mask;
        }

        foreach (var unit in DropoutMask.Kept(metadata.MaskSeed, t, layer, width, metadata.DropoutRate))
        {
            mask[unit] = DropoutMask.Scale(width, metadata.DropoutRate);
        }

        return mask;
    }

    private static string WithConfidence(OnnxModelBuilder model, MonitorMetadata metadata, MonitorWeights weights, EncodingGraph encoding, string logits)
    {
        if (metadata.Encoding == MonitorEncoding.RawSoftmax)
        {
            return logits;
        }

        var scale = model.Floats("confidence_scale", [weights.ConfidenceScale * (float)metadata.CalibrationScale]);
        return model.Node("Add", [logits, model.Node("Mul", [encoding.ConfidenceLogit(), scale])]);
    }

    private sealed class Parts(EncodingGraph encoding, MonitorMetadata metadata)
    {
        public string Features { get; } = encoding.Features();

        public string? PredictedClass { get; } = metadata.Encoding == MonitorEncoding.SortedLogWithClass ? encoding.PredictedClass() : null;
    }
}
