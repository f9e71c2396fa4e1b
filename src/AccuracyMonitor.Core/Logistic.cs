namespace AccuracyMonitor.Core;

/// <summary>The logistic function and its log-loss. Neither overflows for any finite logit.</summary>
public static class Logistic
{
    /// <summary>σ(z) = 1 / (1 + e⁻ᶻ).</summary>
    public static double Sigmoid(double logit)
    {
        var e = Math.Exp(-Math.Abs(logit));
        return logit >= 0 ? 1 / (1 + e) : e / (1 + e);
    }

    /// <summary>log(p / (1 − p)): the inverse of <see cref="Sigmoid"/>. Infinite at 0 and 1.</summary>
    public static double Logit(double probability) => Math.Log(probability / (1 - probability));

    /// <summary>log(1 + eˣ) = −log σ(−x).</summary>
    public static double SoftPlus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    /// <summary>−log P(outcome), in nats.</summary>
    public static double Loss(double logit, bool outcome) => SoftPlus(outcome ? -logit : logit);
}
