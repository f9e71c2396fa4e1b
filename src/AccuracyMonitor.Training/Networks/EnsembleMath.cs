using AccuracyMonitor.Core;

namespace AccuracyMonitor.Training.Networks;

/// <summary>Means over members in double precision; the ONNX graph computes the same in single precision.</summary>
internal static class EnsembleMath
{
    /// <summary>Logit of the mean of σ(z): log(mean σ(z)) − log(mean σ(−z)), finite for |z| up to 700.</summary>
    public static double Logit(ReadOnlySpan<double> memberLogits)
    {
        var (right, wrong) = (0.0, 0.0);
        foreach (var z in memberLogits)
        {
            right += Logistic.Sigmoid(z);
            wrong += Logistic.Sigmoid(-z);
        }

        return Math.Log(right) - Math.Log(wrong);
    }
}
