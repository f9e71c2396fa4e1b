namespace AccuracyMonitor.Core.Transfer;

/// <summary>Logistic function and log-loss, without overflow for any finite logit.</summary>
internal static class LogisticLoss
{
    public static double Sigmoid(double logit)
    {
        var e = Math.Exp(-Math.Abs(logit));
        return logit >= 0 ? 1 / (1 + e) : e / (1 + e);
    }

    /// <summary>−log P(outcome), nats.</summary>
    public static double Loss(double logit, bool outcome)
    {
        var against = outcome ? -logit : logit;
        return Math.Max(against, 0) + Math.Log(1 + Math.Exp(-Math.Abs(against)));
    }
}
