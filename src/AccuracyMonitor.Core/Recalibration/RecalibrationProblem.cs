using System.Numerics.Tensors;

namespace AccuracyMonitor.Core.Recalibration;

/// <summary>
/// Labels as a <see cref="RidgeLogistic"/> problem: features times the standard deviation of their prior, so that every unknown has a
/// standard normal prior and 0 means "no change". A part with standard deviation 0 contributes nothing.
/// </summary>
internal sealed class RecalibrationProblem
{
    private readonly IReadOnlyList<LabelledPrediction> _samples;
    private readonly int _classes;
    private readonly RecalibrationHeadOptions _options;
    private readonly double[] _logits;
    private readonly double[] _logProbabilities;
    private readonly double _weightDeviation;
    private readonly double _classWeightDeviation;
    private readonly RidgeLogistic.Data _data;

    public RecalibrationProblem(IReadOnlyList<LabelledPrediction> samples, int classes, RecalibrationHeadOptions options)
    {
        (_samples, _classes, _options) = (samples, classes, options);
        var n = samples.Count;
        _logits = new double[n];
        _logProbabilities = new double[n * classes];
        var outcomes = new bool[n];
        for (var i = 0; i < n; i++)
        {
            _logits[i] = RecalibrationFeatures.Logit(samples[i].MonitorLogit);
            RecalibrationFeatures.LogProbabilities(samples[i].Probabilities, _logProbabilities.AsSpan(i * classes, classes));
            outcomes[i] = samples[i].Correct;
        }

        var perClass = Math.Sqrt(10.0 / classes);
        _weightDeviation = options.LogProbabilityDeviation * perClass;
        _classWeightDeviation = classes <= options.MaxClassesForClassWeights ? options.ClassLogProbabilityDeviation * perClass : 0;
        _data = new RidgeLogistic.Data(_logits, outcomes, Weights(samples, options.MaxWeight));
    }

    /// <summary>Weights of the labels in the fit: mean 1, with large ones capped.</summary>
    public ReadOnlySpan<double> LabelWeights => _data.Weights;

    public int ParameterCount => 2 + (2 * _classes) + (_classWeightDeviation > 0 ? _classes * _classes : 0);

    private bool HasWeights => _weightDeviation > 0;

    private bool HasOffsets => _options.ClassOffsetDeviation > 0;

    private bool HasClassWeights => _classWeightDeviation > 0;

    /// <summary>Features of the labels, row-major n×<see cref="ParameterCount"/>, multiplied by the priors' standard deviations.</summary>
    public double[] Design()
    {
        var (n, d) = (_samples.Count, ParameterCount);
        var z = new double[n * d];
        for (var i = 0; i < n; i++)
        {
            AddRow(_logits[i], Features(i), _samples[i].PredictedClass, 1, z.AsSpan(i * d, d));
        }

        return z;
    }

    /// <summary>Adds <paramref name="times"/> times the features of a prediction to <paramref name="sum"/>.</summary>
    public void AddFeatures(double monitorLogit, ReadOnlySpan<float> probabilities, int predictedClass, double times, Span<double> sum)
    {
        Span<double> features = _classes <= 64 ? stackalloc double[_classes] : new double[_classes];
        RecalibrationFeatures.LogProbabilities(probabilities, features);
        AddRow(RecalibrationFeatures.Logit(monitorLogit), features, predictedClass, times, sum);
    }

    public RecalibrationHead SolveInParameters()
    {
        var (d, k) = (ParameterCount, _classes);
        var theta = RidgeLogistic.InParameters(Design(), d, _data);
        return new RecalibrationHead
        {
            Scale = 1 + (_options.ScaleDeviation * theta[0]),
            Shift = _options.ShiftDeviation * theta[1],
            LogProbabilityWeights = HasWeights ? Times(theta.AsSpan(2, k), _weightDeviation) : [],
            ClassOffsets = HasOffsets ? Times(theta.AsSpan(2 + k, k), _options.ClassOffsetDeviation) : [],
            ClassLogProbabilityWeights = HasClassWeights ? Times(theta.AsSpan(2 + (2 * k), k * k), _classWeightDeviation) : [],
        };
    }

    public RecalibrationHead SolveInSamples()
    {
        var alpha = RidgeLogistic.InSamples(Gram(), _data);
        var (scale, shift) = (0.0, 0.0);
        var weights = new double[HasWeights ? _classes : 0];
        var offsets = new double[HasOffsets ? _classes : 0];
        var classWeights = new double[HasClassWeights ? _classes * _classes : 0];
        for (var i = 0; i < alpha.Length; i++)
        {
            var c = _samples[i].PredictedClass;
            scale += Square(_options.ScaleDeviation) * alpha[i] * _logits[i];
            shift += Square(_options.ShiftDeviation) * alpha[i];
            if (HasWeights)
            {
                TensorPrimitives.MultiplyAdd(Features(i), Square(_weightDeviation) * alpha[i], weights, weights);
            }

            if (HasOffsets)
            {
                offsets[c] += Square(_options.ClassOffsetDeviation) * alpha[i];
            }

            if (HasClassWeights)
            {
                var row = classWeights.AsSpan(c * _classes, _classes);
                TensorPrimitives.MultiplyAdd(Features(i), Square(_classWeightDeviation) * alpha[i], row, row);
            }
        }

        return new RecalibrationHead
        {
            Scale = 1 + scale,
            Shift = shift,
            LogProbabilityWeights = weights,
            ClassOffsets = offsets,
            ClassLogProbabilityWeights = classWeights,
        };
    }

    private void AddRow(double logit, ReadOnlySpan<double> features, int predictedClass, double times, Span<double> sum)
    {
        var k = _classes;
        sum[0] += times * _options.ScaleDeviation * logit;
        sum[1] += times * _options.ShiftDeviation;
        var weights = sum.Slice(2, k);
        TensorPrimitives.MultiplyAdd(features, times * _weightDeviation, weights, weights);
        sum[2 + k + predictedClass] += times * _options.ClassOffsetDeviation;
        if (HasClassWeights)
        {
            var own = sum.Slice(2 + (2 * k) + (predictedClass * k), k);
            TensorPrimitives.MultiplyAdd(features, times * _classWeightDeviation, own, own);
        }
    }

    /// <summary>Gram matrix of the features, n×n, computed without storing the features.</summary>
    public double[] Gram()
    {
        var n = _samples.Count;
        var gram = new double[n * n];
        var (scale, shift) = (Square(_options.ScaleDeviation), Square(_options.ShiftDeviation));
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var dot = TensorPrimitives.Dot<double>(Features(i), Features(j));
                var value = (scale * _logits[i] * _logits[j]) + shift + (Square(_weightDeviation) * dot);
                if (_samples[i].PredictedClass == _samples[j].PredictedClass)
                {
                    value += Square(_options.ClassOffsetDeviation) + (Square(_classWeightDeviation) * dot);
                }

                gram[(i * n) + j] = value;
                gram[(j * n) + i] = value;
            }
        }

        return gram;
    }

    // Scaled to mean 1, so that the strength of the priors does not depend on the budget.
    private static double[] Weights(IReadOnlyList<LabelledPrediction> samples, double largest)
    {
        var mean = samples.Average(s => s.Weight);
        return [.. samples.Select(s => Math.Min(largest, s.Weight / mean))];
    }

    private static double[] Times(ReadOnlySpan<double> values, double factor)
    {
        var result = new double[values.Length];
        TensorPrimitives.Multiply(values, factor, result);
        return result;
    }

    private ReadOnlySpan<double> Features(int i) => _logProbabilities.AsSpan(i * _classes, _classes);

    private static double Square(double x) => x * x;
}
