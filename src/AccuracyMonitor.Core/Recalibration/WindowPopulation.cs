namespace AccuracyMonitor.Core.Recalibration;

/// <summary>All covered predictions of a window, as input to a head.</summary>
public sealed class WindowPopulation
{
    private readonly float[] _probabilities;
    private readonly double[] _monitorLogits;
    private readonly int[] _predictedClasses;
    private readonly double[]? _multiplicities;

    /// <param name="probabilities">Row-major n×K.</param>
    /// <param name="monitorLogits">Logit of the monitor before any head, length n.</param>
    /// <param name="predictedClasses">argmax, length n.</param>
    /// <param name="classCount">K, at least 2.</param>
    /// <param name="multiplicities">How often each row occurs, not negative; null: once each.</param>
    /// <exception cref="ArgumentException">The lengths do not match, or the population is empty.</exception>
    public WindowPopulation(
        float[] probabilities, double[] monitorLogits, int[] predictedClasses, int classCount, double[]? multiplicities = null)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(monitorLogits);
        ArgumentNullException.ThrowIfNull(predictedClasses);
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 2);
        if (probabilities.Length != (long)monitorLogits.Length * classCount || predictedClasses.Length != monitorLogits.Length
            || (multiplicities is not null && multiplicities.Length != monitorLogits.Length))
        {
            throw new ArgumentException(
                $"{probabilities.Length} probabilities, {monitorLogits.Length} logits and {predictedClasses.Length} classes do not make n rows of "
                    + $"{classCount}.",
                nameof(probabilities));
        }

        Count = multiplicities?.Sum() ?? monitorLogits.Length;
        if (!(Count > 0))
        {
            throw new ArgumentException("A window without a prediction has no accuracy.", nameof(monitorLogits));
        }

        _probabilities = probabilities;
        _monitorLogits = monitorLogits;
        _predictedClasses = predictedClasses;
        _multiplicities = multiplicities;
        ClassCount = classCount;
    }

    /// <summary>Labelled predictions, which weighted by 1/π represent the stream.</summary>
    /// <param name="labels">At least one.</param>
    /// <param name="classCount">K, at least 2.</param>
    public static WindowPopulation Of(IReadOnlyList<LabelledPrediction> labels, int classCount) => new(
        [.. labels.SelectMany(s => s.Probabilities)], [.. labels.Select(s => s.MonitorLogit)], [.. labels.Select(s => s.PredictedClass)], classCount,
        [.. labels.Select(s => s.Weight)]);

    public int ClassCount { get; }

    /// <summary>True if the rows are a random sample, each representing as many predictions as its multiplicity. False if they are the
    /// whole population.</summary>
    public bool IsSample { get; init; }

    /// <summary>Number of predictions, counting multiplicities.</summary>
    public double Count { get; }

    /// <summary>Mean correctness score after a head.</summary>
    public double MeanScore(RecalibrationHead head) => ScoreMoments(head).Mean;

    /// <summary>
    /// Mean of g; mean of g(1−g), the variance of one outcome given its score; and, if <see cref="IsSample"/>, the sampling variance of the
    /// mean: Σw(w−1)(g−ḡ)²/N² (Särndal, Swensson and Wretman 1992, "Model assisted survey sampling", section 2.8). It treats the strata of
    /// the sample as one, so it tends to overestimate.
    /// </summary>
    public (double Mean, double OutcomeVariance, double SamplingVariance) ScoreMoments(RecalibrationHead head)
    {
        ArgumentNullException.ThrowIfNull(head);
        double sum = 0, spread = 0, excess = 0, excessScore = 0, excessSquare = 0;
        for (var i = 0; i < _monitorLogits.Length; i++)
        {
            var times = _multiplicities?[i] ?? 1;
            if (times > 0)
            {
                var row = _probabilities.AsSpan(i * ClassCount, ClassCount);
                var g = head.Score(_monitorLogits[i], row, _predictedClasses[i]);
                sum += times * g;
                spread += times * g * (1 - g);
                var more = times * (times - 1);
                excess += more;
                excessScore += more * g;
                excessSquare += more * g * g;
            }
        }

        var mean = sum / Count;
        var square = excessSquare - (2 * mean * excessScore) + (mean * mean * excess);
        return (mean, spread / Count, IsSample ? Math.Max(0, square) / (Count * Count) : 0);
    }

    /// <summary>Adds the gradient of <see cref="MeanScore"/> with respect to the head's parameters: the mean of g(1−g)·features.</summary>
    internal void AddScoreGradient(RecalibrationHead head, RecalibrationProblem problem, Span<double> gradient)
    {
        for (var i = 0; i < _monitorLogits.Length; i++)
        {
            var times = (_multiplicities?[i] ?? 1) / Count;
            if (times > 0)
            {
                var row = _probabilities.AsSpan(i * ClassCount, ClassCount);
                var g = head.Score(_monitorLogits[i], row, _predictedClasses[i]);
                problem.AddFeatures(_monitorLogits[i], row, _predictedClasses[i], times * g * (1 - g), gradient);
            }
        }
    }
}
