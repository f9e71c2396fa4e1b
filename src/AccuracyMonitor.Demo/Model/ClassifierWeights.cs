namespace AccuracyMonitor.Demo.Model;

/// <summary>The classifier's weights by name, as in the network and in the ONNX file (<c>conv1.weight</c>, …).</summary>
internal sealed record ClassifierWeights(IReadOnlyDictionary<string, WeightArray> Arrays)
{
    public WeightArray this[string name] => Arrays[name];
}

/// <param name="Shape">Outermost first.</param>
/// <param name="Values">Row-major.</param>
internal sealed record WeightArray(int[] Shape, float[] Values);
