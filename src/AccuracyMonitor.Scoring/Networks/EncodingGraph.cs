using AccuracyMonitor.Scoring.Onnx;

namespace AccuracyMonitor.Scoring.Networks;

/// <summary><see cref="FeatureEncoding"/> as ONNX nodes.</summary>
internal sealed class EncodingGraph
{
    private readonly OnnxModelBuilder _model;
    private readonly MonitorMetadata _metadata;
    private readonly string _probabilities;
    private readonly string _sorted = string.Empty;
    private readonly string _floor = string.Empty;
    private readonly string _one = string.Empty;

    public EncodingGraph(OnnxModelBuilder model, MonitorMetadata metadata, string probabilities)
    {
        (_model, _metadata, _probabilities) = (model, metadata, probabilities);
        if (metadata.Encoding != MonitorEncoding.RawSoftmax)
        {
            _floor = model.Floats("probability_floor", [FeatureEncoding.Floor]);
            _one = model.Floats("certainty", [1]);
            _sorted = model.Node("TopK", [probabilities, model.Integers("top", [Top], 1)], ["largest", "largest_classes"])[0];
        }
    }

    private int Top => Math.Min(_metadata.ClassCount, FeatureEncoding.Top);

    /// <summary>All features except the one-hot predicted class, for which a look-up is faster: see <see cref="PredictedClass"/>.</summary>
    /// <returns>[N, F], or [N, F−K] if the encoding has a one-hot class.</returns>
    public string Features()
    {
        if (_metadata.Encoding == MonitorEncoding.RawSoftmax)
        {
            return _probabilities;
        }

        var parts = Sorted();
        if (_metadata.Encoding == MonitorEncoding.SortedLogWithClass)
        {
            parts.Add(Logarithm(_probabilities));
        }

        return _model.Node("Concat", [.. parts], OnnxAttribute.Int("axis", 1));
    }

    /// <returns><see cref="FeatureEncoding.PredictedClass"/>, [N].</returns>
    public string PredictedClass() =>
        _model.Node("ArgMax", [_probabilities], OnnxAttribute.Int("axis", 1), OnnxAttribute.Int("keepdims", 0));

    /// <returns><see cref="FeatureEncoding.ConfidenceLogit"/>, [N,1].</returns>
    public string ConfidenceLogit()
    {
        var confidence = _model.Node("Clip", [
            SumOfSorted("first", i => i == 0 ? 1 : 0),
            _model.Floats("confidence_minimum", [FeatureEncoding.ConfidenceEdge]),
            _model.Floats("confidence_maximum", [1 - FeatureEncoding.ConfidenceEdge])]);
        return _model.Node("Sub", [_model.Node("Log", [confidence]), _model.Node("Log", [_model.Node("Sub", [_one, confidence])])]);
    }

    private List<string> Sorted()
    {
        var logs = Logarithm(_sorted);
        var margin = SumOfSorted("first_minus_second", i => i == 0 ? 1 : i == 1 ? -1 : 0);
        var rest = _model.Node("Max", [_model.Node("Sub", [_one, SumOfSorted("all", _ => 1)]), _floor]);
        var entropy = _model.Node("Neg", [_model.Node("Add", [
            _model.Node("ReduceSum", [_model.Node("Mul", [_sorted, logs]), _model.Integers("class_axis", [1], 1)], OnnxAttribute.Int("keepdims", 1)),
            _model.Node("Mul", [rest, _model.Node("Log", [rest])])])]);
        return [Top == FeatureEncoding.Top ? logs : Padded(logs), margin, entropy];
    }

    private string Padded(string logs) => _model.Node("Pad", [
        logs,
        _model.Integers("missing_classes", [0, 0, 0, FeatureEncoding.Top - Top], 4),
        _model.Floats("missing_log", [MathF.Log(FeatureEncoding.Floor)])]);

    private string Logarithm(string values) => _model.Node("Log", [_model.Node("Max", [values, _floor])]);

    private string SumOfSorted(string name, Func<int, float> weight) =>
        _model.Node("MatMul", [_sorted, _model.Floats(name, [.. Enumerable.Range(0, Top).Select(weight)], Top, 1)]);
}
