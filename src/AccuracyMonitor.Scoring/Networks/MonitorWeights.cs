namespace AccuracyMonitor.Scoring.Networks;

/// <summary>
/// The dense weights that all members share; a member is these weights with its mask. Features are standardised first: (x − mean)·scale.
/// </summary>
/// <param name="FeatureMean">Length F.</param>
/// <param name="FeatureScale">Length F.</param>
/// <param name="ConfidenceScale">Factor of the logit of the largest probability, which is added to the last layer's output; 0 with <see
/// cref="MonitorEncoding.RawSoftmax"/>.</param>
/// <param name="Layers">The hidden layers (ReLU, then dropout), then the output layer of width 1.</param>
public sealed record MonitorWeights(float[] FeatureMean, float[] FeatureScale, float ConfidenceScale, IReadOnlyList<DenseLayer> Layers);

/// <summary>One dense layer, y = x·W + b.</summary>
/// <param name="Inputs">Rows of W.</param>
/// <param name="Outputs">Columns of W.</param>
/// <param name="Weights">W row-major, Inputs×Outputs.</param>
/// <param name="Bias">b, length Outputs.</param>
public sealed record DenseLayer(int Inputs, int Outputs, float[] Weights, float[] Bias);
