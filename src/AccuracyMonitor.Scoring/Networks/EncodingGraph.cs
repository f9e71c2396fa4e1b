using AccuracyMonitor.Scoring.Onnx;

namespace AccuracyMonitor.Scoring.Networks;

/// <summary><see cref="FeatureEncoding"/> as ONNX nodes.</summary>
internal static class EncodingGraph
{
    /// <summary>All features but the one-hot predicted class, which is better looked up: see <see cref="PredictedClass"/>.</summary>
    /// <returns>[N, F] or, where there is a one-hot class, [N, F−K].</returns>
    public static string Append(OnnxModelBuilder model, MonitorMetadata metadata, string probabilities)
    {
        if (metadata.Encoding == MonitorEncoding.RawSoftmax)
        {
            return probabilities;
        }

        var floor = model.Floats("probability_floor", [FeatureEncoding.Floor]);
        var logs = model.Node("Log", [model.Node("Max", [probabilities, floor])]);
        var parts = Sorted(model, metadata.ClassCount, probabilities, floor, logs);
        if (metadata.Encoding == MonitorEncoding.SortedLogWithClass)
        {
            parts.Add(logs);
        }

        return model.Node("Concat", [.. parts], OnnxAttribute.Int("axis", 1));
    }

    /// <returns><see cref="FeatureEncoding.PredictedClass"/>, [N].</returns>
    public static string PredictedClass(OnnxModelBuilder model, string probabilities) =>
        model.Node("ArgMax", [probabilities], OnnxAttribute.Int("axis", 1), OnnxAttribute.Int("keepdims", 0));

    /// <returns><see cref="FeatureEncoding.ConfidenceLogit"/>, [N,1].</returns>
    public static string ConfidenceLogit(OnnxModelBuilder model, string probabilities)
    {
        var confidence = model.Node("Clip", [
            model.Node("ReduceMax", [probabilities], OnnxAttribute.Ints("axes", 1), OnnxAttribute.Int("keepdims", 1)),
            model.Floats("confidence_minimum", [FeatureEncoding.ConfidenceEdge]),
            model.Floats("confidence_maximum", [1 - FeatureEncoding.ConfidenceEdge])]);
        var opposite = model.Node("Sub", [model.Floats("certain", [1]), confidence]);
        return model.Node("Sub", [model.Node("Log", [confidence]), model.Node("Log", [opposite])]);
    }

    private static List<string> Sorted(OnnxModelBuilder model, int classes, string probabilities, string floor, string logs)
    {
        var top = Math.Min(classes, FeatureEncoding.Top);
        var sorted = model.Node("TopK", [probabilities, model.Integers("top", [top], 1)], ["largest", "largest_classes"])[0];
        var sortedLogs = model.Node("Log", [model.Node("Max", [sorted, floor])]);
        if (top < FeatureEncoding.Top)
        {
            sortedLogs = model.Node("Pad", [
                sortedLogs,
                model.Integers("missing_classes", [0, 0, 0, FeatureEncoding.Top - top], 4),
                model.Floats("missing_log", [MathF.Log(FeatureEncoding.Floor)])]);
        }

        var difference = new float[top];
        (difference[0], difference[1]) = (1, -1);
        var margin = model.Node("MatMul", [sorted, model.Floats("first_minus_second", difference, top, 1)]);
        var entropy = model.Node("Neg", [
            model.Node("ReduceSum", [model.Node("Mul", [probabilities, logs]), model.Integers("class_axis", [1], 1)], OnnxAttribute.Int("keepdims", 1))]);
        return [sortedLogs, margin, entropy];
    }
}
