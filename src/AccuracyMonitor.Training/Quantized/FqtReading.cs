namespace AccuracyMonitor.Training.Quantized;

/// <summary>Readings of the variance meter at the end of one training.</summary>
/// <param name="Accuracy">For a classifier its accuracy on the training set at the start of the epoch that was read; for a monitor the accuracy of the
/// deployed model on the reference set.</param>
/// <param name="Readings">Of the last epochs, every quantizer at every layer.</param>
/// <param name="Bias">At the last step.</param>
/// <param name="OverBound">Readings of the whole training whose variance was above its bound.</param>
/// <param name="All">Readings of the whole training.</param>
public sealed record FqtReading(double Accuracy, IReadOnlyList<VarianceReading> Readings, IReadOnlyList<FqtBias> Bias, int OverBound, int All)
{
    /// <summary>Bytes of activations that one sample of the classifier stores for the backward pass, and those that single precision would need.</summary>
    public (double Kept, double Single) SavedBytes { get; init; }

    /// <summary>Mean relative variance, Var/‖G‖², of one quantizer at one layer.</summary>
    public double Relative(int layer, GradientQuantizer kind) => Readings.Where(r => r.Layer == layer && r.Quantizer == kind).Average(r => r.Relative);

    internal static FqtReading From(double accuracy, VarianceMeter meter, IReadOnlyList<VarianceReading> read, int bits, ulong seed)
    {
        var bias = new List<FqtBias>();
        foreach (var (layer, (gradient, rows)) in meter.Last)
        {
            foreach (var kind in (GradientQuantizer[])[GradientQuantizer.Ptq, GradientQuantizer.Psq, GradientQuantizer.Bhq])
            {
                var (ratio, deviation) = QuantizerBias.Ratio(gradient, rows, kind, bits, seed);
                bias.Add(new FqtBias(layer, kind, ratio, deviation));
            }
        }

        return new FqtReading(accuracy, read, bias, meter.Readings.Count(r => r.Variance > r.Bound * (1 + 1e-6)), meter.Readings.Count);
    }
}
