namespace AccuracyMonitor.Training.Quantized;

/// <summary>Bias of one quantizer at one layer.</summary>
/// <param name="Layer">0: the first.</param>
/// <param name="Quantizer">Which.</param>
/// <param name="Ratio">Squared error of the mean of the draws divided by its expectation without bias; 1 on average if there is no
/// bias.</param>
/// <param name="Deviation">Standard deviation of the ratio.</param>
public sealed record FqtBias(int Layer, GradientQuantizer Quantizer, double Ratio, double Deviation);
