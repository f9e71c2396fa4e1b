namespace AccuracyMonitor.Training.Networks;

/// <summary>Means over members in double precision: what the ONNX graph computes in single.</summary>
internal static class EnsembleMath
{
    /// <summary>Logit of the mean of σ(z): log(mean σ(z)) − log(mean σ(−z)), finite for |z| up to 700.</summary>
    public static double Logit(ReadOnlySpan<double> memberLogits)
    {
        var (right, wrong) = (0.0, 0.0);
        foreach (var z in memberLogits)
        {
            right += Sigmoid(z);
            wrong += Sigmoid(-z);
        }

        return Math.Log(right) - Math.Log(wrong);
    }

    public static double Sigmoid(double z)
    {
        var e = Math.Exp(-Math.Abs(z));
        return z >= 0 ? 1 / (1 + e) : e / (1 + e);
    }

    /// <summary>log(1 + eˣ) without overflow.</summary>
    public static double SoftPlus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
