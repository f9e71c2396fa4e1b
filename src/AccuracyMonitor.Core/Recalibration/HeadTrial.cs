namespace AccuracyMonitor.Core.Recalibration;

/// <summary>
/// Compares a champion with heads fitted to the labels so far, one for each length of label history: a short history is best after a shift,
/// a long one in a stable condition. Every head is fitted before the labels that judge it. Pass each label once, in the order of arrival.
/// </summary>
/// <remarks>
/// Each history length collects its own evidence. The mean of e-values is an e-value, so choosing the best one afterwards needs no
/// correction. Heads are refitted every 5 to 25 labels, at points that depend only on the number of labels, so a trial replayed after a
/// restart gives the same result. Not thread-safe.
/// </remarks>
/// <param name="classes">K.</param>
/// <param name="champion">The champion's head; null if the champion is the graph without a head.</param>
/// <param name="options">Prior standard deviations of the head.</param>
public sealed class HeadTrial(int classes, RecalibrationHead? champion, RecalibrationHeadOptions options)
{
    /// <summary>Maximum number of labels on which the losses are compared: the newest ones, which show the present condition.</summary>
    public const int MaxCompared = 100;

    /// <summary>Labels before the first fit.</summary>
    public const int MinFitted = 10;

    private static readonly int[] Memories = [100, 400, int.MaxValue];

    private readonly Candidate[] _candidates =
    [
        .. Memories.Select(m => new Candidate(m)),

        // "No head" is a challenger too if the champion has one, so that a monitor can return to its graph when a shift ends.
        .. champion is null ? Array.Empty<Candidate>() : [new Candidate(0)],
    ];

    private readonly Queue<(LabelledPrediction Sample, double ChampionLogit)> _compared = [];
    private int _nextFit;

    /// <summary>Number of labels used for judging so far.</summary>
    public int Judged { get; private set; }

    /// <summary>e-value against "no head is better than the champion".</summary>
    public double Evidence => _candidates.Average(c => Math.Exp(c.Evidence.LogValue));

    /// <summary>The head with the most evidence, in the version that judged the last label. Null: no head was fitted yet, or "no head"
    /// leads.</summary>
    public RecalibrationHead? Head => Leader.Head;

    /// <summary>Number of labels that <see cref="Head"/> was fitted to.</summary>
    public IReadOnlyList<LabelledPrediction> FittedTo => Leader.FittedTo;

    /// <summary>Labels received since <see cref="Head"/> was fitted.</summary>
    public int SinceFit => Judged - Leader.FittedAt;

    private Candidate Leader => _candidates.MaxBy(c => c.Evidence.LogValue)!;

    /// <param name="labels">Oldest first.</param>
    /// <param name="first">Index of the first new label. Earlier labels are used for fitting only.</param>
    public void Observe(IReadOnlyList<LabelledPrediction> labels, int first)
    {
        ArgumentNullException.ThrowIfNull(labels);
        for (var i = Math.Max(first, MinFitted); i < labels.Count; i++)
        {
            if (Judged >= _nextFit)
            {
                Fit(labels, i);
            }

            Judge(labels[i]);
        }
    }

    /// <summary>Compares the leading head with the champion on the newest labels.</summary>
    /// <param name="required">e-value needed for promotion.</param>
    public PromotionVerdict Verdict(double required) => ChampionChallenger.Judge(
        [.. _compared.Select(c => c.ChampionLogit)], [.. Leader.Logits], [.. _compared.Select(c => c.Sample)], new PromotionEvidence(Evidence, required));

    private void Judge(LabelledPrediction label)
    {
        var logit = Logit(champion, label);
        _compared.Enqueue((label, logit));
        foreach (var candidate in _candidates)
        {
            var its = Logit(candidate.Head, label);
            candidate.Evidence.Observe(logit, its, label.Correct);
            candidate.Logits.Enqueue(its);
        }

        if (_compared.Count > MaxCompared)
        {
            _compared.Dequeue();
            foreach (var candidate in _candidates)
            {
                candidate.Logits.Dequeue();
            }
        }

        Judged++;
    }

    private void Fit(IReadOnlyList<LabelledPrediction> labels, int count)
    {
        Candidate? shorter = null;
        foreach (var candidate in _candidates)
        {
            var memory = Math.Min(candidate.Memory, count);
            candidate.FittedAt = Judged;
            if (memory == 0)
            {
                continue;
            }

            if (shorter is { } same && same.FittedTo.Length == memory)
            {
                (candidate.FittedTo, candidate.Head) = (same.FittedTo, same.Head);
                continue;
            }

            candidate.FittedTo = [.. labels.Skip(count - memory).Take(memory)];
            candidate.Head = RecalibrationHeadFitter.Fit(candidate.FittedTo, classes, options);
            shorter = candidate;
        }

        _nextFit = Judged + Math.Clamp(Judged / 4, 5, 25);
    }

    private static double Logit(RecalibrationHead? head, LabelledPrediction label) =>
        head is null ? label.MonitorLogit : head.Logit(label.MonitorLogit, label.Probabilities, label.PredictedClass);

    private sealed class Candidate(int memory)
    {
        public int Memory { get; } = memory;

        public LikelihoodEvidence Evidence { get; } = new();

        public Queue<double> Logits { get; } = [];

        public RecalibrationHead? Head { get; set; }

        public LabelledPrediction[] FittedTo { get; set; } = [];

        public int FittedAt { get; set; }
    }
}
