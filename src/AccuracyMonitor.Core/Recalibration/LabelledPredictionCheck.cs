namespace AccuracyMonitor.Core.Recalibration;

/// <summary>Rejects samples that cannot be fitted; the exception names the sample and the bound.</summary>
internal static class LabelledPredictionCheck
{
    public static void Require(IReadOnlyList<LabelledPrediction> samples, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, 10_000);
        foreach (var sample in samples)
        {
            if (sample.Probabilities.Length != classes)
            {
                throw Refuse(sample, $"has {sample.Probabilities.Length} probabilities, {classes} expected");
            }

            if (sample.PredictedClass < 0 || sample.PredictedClass >= classes)
            {
                throw Refuse(sample, $"has predicted class {sample.PredictedClass}, outside 0…{classes - 1}");
            }

            if (!double.IsFinite(sample.MonitorLogit))
            {
                throw Refuse(sample, "has a monitor logit that is not finite");
            }

            if (!(sample.Weight > 0 && double.IsFinite(sample.Weight)))
            {
                throw Refuse(sample, $"has weight {sample.Weight}, which must be positive and finite");
            }

            foreach (var p in sample.Probabilities)
            {
                if (!(p is >= 0 and <= 1.001f))
                {
                    throw Refuse(sample, $"has probability {p}, outside 0…1");
                }
            }
        }
    }

    private static ArgumentException Refuse(LabelledPrediction sample, string what) => new($"Sample '{sample.Key}' {what}.");
}
