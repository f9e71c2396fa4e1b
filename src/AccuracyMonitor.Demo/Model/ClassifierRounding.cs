namespace AccuracyMonitor.Demo.Model;

/// <summary>Gradients by a layer's outputs, rounded.</summary>
/// <param name="ForWeights">What the layer's own weights learn from, N×D.</param>
/// <param name="ForInputs">What goes on to the layer before, N×D.</param>
public sealed record RoundedGradients(float[] ForWeights, float[] ForInputs);

/// <summary>What a classifier's training in few bits rounds, and how: the demo has the network, and not the quantizers.</summary>
/// <param name="Activations">Of a layer, N×F, on the way forward.</param>
/// <param name="Weights">Of a layer, on the way forward; what is learned stays in single precision.</param>
/// <param name="Gradients">From the step, the layer (0: the first), the gradient by its outputs, N×D with D of all channels and places, and N.</param>
/// <param name="Facts">For the file's metadata, asked when it is trained.</param>
public sealed record ClassifierRounding(
    Func<float[], float[]> Activations,
    Func<float[], float[]> Weights,
    Func<int, int, float[], int, RoundedGradients> Gradients,
    Func<IEnumerable<KeyValuePair<string, string>>> Facts);
