using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Quantized;

/// <summary>Test for bias of a stochastic quantizer.</summary>
internal static class QuantizerBias
{
    /// <summary>Draws of the test for bias.</summary>
    public const int Draws = 400;

    /// <summary>Draws for a matrix of more than 100,000 elements: a draw takes long, and the ratio's spread is small after few.</summary>
    public const int DrawsOfMany = 40;

    private const int ManyElements = 100_000;

    private const ulong DrawStream = 43;

    /// <summary>‖mean of the draws − G‖² divided by its expectation for an unbiased quantizer, Var/R; and the standard deviation of that ratio, √(2Σv²)/Σv
    /// over the elements' variances v. It is large where few elements have most of the variance.</summary>
    internal static (double Ratio, double Deviation) Ratio(float[] gradient, int rows, GradientQuantizer kind, int bits, ulong seed, bool nearest = false)
    {
        SplitMix64? random = nearest ? null : SplitMix64.Stream(seed, DrawStream, (ulong)kind);
        var (mean, spread) = (new double[gradient.Length], new double[gradient.Length]);
        var draws = gradient.Length < ManyElements ? Draws : DrawsOfMany;
        for (var draw = 0; draw < draws; draw++)
        {
            var values = QuantizedMatrix.Of(gradient, rows, kind, bits, ref random).Values();
            for (var i = 0; i < mean.Length; i++)
            {
                var off = values[i] - gradient[i];
                mean[i] += off / (double)draws;
                spread[i] += (double)off * off / draws;
            }
        }

        return (mean.Sum(m => m * m) * draws / spread.Sum(), Math.Sqrt(2 * spread.Sum(v => v * v)) / spread.Sum());
    }
}
