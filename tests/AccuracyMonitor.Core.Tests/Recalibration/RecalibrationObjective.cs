using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Core.Tests.Recalibration;

/// <summary>What a fit minimises, written down a second time in plain loops over the head's own parameters.</summary>
internal sealed class RecalibrationObjective(IReadOnlyList<LabelledPrediction> samples, int classes, RecalibrationHeadOptions options)
{
    private readonly double _perClass = Math.Sqrt(10.0 / classes);

    public int Length => 2 + (2 * classes) + (classes * classes);

    public double[] Parameters(RecalibrationHead head)
    {
        double[] Or(double[] part, int length) => part.Length == 0 ? new double[length] : part;
        return
        [
            head.Scale, head.Shift, .. Or(head.LogProbabilityWeights, classes), .. Or(head.ClassOffsets, classes),
            .. Or(head.ClassLogProbabilityWeights, classes * classes),
        ];
    }

    public double Value(double[] b)
    {
        var mean = samples.Average(s => s.Weight);
        var value = 0.0;
        foreach (var s in samples)
        {
            var weight = Math.Min(options.MaxWeight, s.Weight / mean);
            var logs = s.Probabilities.Select(p => Math.Log(Math.Max(p, 1e-6f))).ToArray();
            var logit = (b[0] * Math.Clamp(s.MonitorLogit, -30, 30)) + b[1] + b[2 + classes + s.PredictedClass];
            for (var k = 0; k < classes; k++)
            {
                logit += (b[2 + k] + b[2 + (2 * classes) + (s.PredictedClass * classes) + k]) * (logs[k] - logs.Average());
            }

            var against = s.Correct ? -logit : logit;
            value += weight * (against > 0 ? against + Math.Log(1 + Math.Exp(-against)) : Math.Log(1 + Math.Exp(against)));
        }

        return value + (Penalties(b).Sum() / 2);
    }

    /// <summary>Deviation of the prior of parameter j; 0: the parameter is not fitted.</summary>
    public double Deviation(int j) => j switch
    {
        0 => options.ScaleDeviation,
        1 => options.ShiftDeviation,
        _ when j < 2 + classes => options.LogProbabilityDeviation * _perClass,
        _ when j < 2 + (2 * classes) => options.ClassOffsetDeviation,
        _ => classes <= options.MaxClassesForClassWeights ? options.ClassLogProbabilityDeviation * _perClass : 0,
    };

    private IEnumerable<double> Penalties(double[] b)
    {
        for (var j = 0; j < b.Length; j++)
        {
            var change = j == 0 ? b[0] - 1 : b[j];
            var deviation = Deviation(j);
            if (deviation > 0)
            {
                yield return change * change / (deviation * deviation);
            }
            else if (change != 0)
            {
                throw new InvalidOperationException($"Parameter {j} is not fitted, and yet {change}.");
            }
        }
    }
}
