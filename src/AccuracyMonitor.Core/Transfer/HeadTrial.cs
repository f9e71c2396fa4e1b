namespace AccuracyMonitor.Core.Transfer;

/// <summary>
/// Challenges a champion with heads fitted to the labels so far, one for each length of memory: after a shift a short memory is best, in a lasting regime
/// a long one. Every head is fitted before the labels that judge it. Labels must be given once and in the order in which they came.
/// </summary>
/// <remarks>
/// Each memory collects its own evidence, and the mean of e-values is an e-value again, so that nothing is paid for choosing the best memory afterwards.
/// Heads are refitted after 5 to 25 labels, at places that depend on the number of labels alone: a trial that is replayed after a restart is the same.
/// Not thread-safe.
/// </remarks>
/// <param name="classes">K.</param>
/// <param name="champion">The champion's head; null: the graph alone.</param>
/// <param name="options">Priors.</param>
public sealed class HeadTrial(int classes, TransferHead? champion, TransferHeadOptions options)
{
    /// <summary>Labels on which the losses are compared, at most: the newest, since the present regime is what counts.</summary>
    public const int MaxCompared = 100;

    /// <summary>Labels before the first fit.</summary>
    public const int MinFitted = 10;

    private static readonly int[] Memories = [100, 400, int.MaxValue];

    private readonly Candidate[] _candidates =
    [
        .. Memories.Select(m => new Candidate(m)),

        // A champion's head that is taken away is a challenger too: so a monitor returns to its graph when a shift ends.
        .. champion is null ? Array.Empty<Candidate>() : [new Candidate(0)],
    ];

    private readonly Queue<(TransferSample Sample, double ChampionLogit)> _compared = [];
    private int _nextFit;

    /// <summary>Labels that have judged so far.</summary>
    public int Judged { get; private set; }

    /// <summary>e-value against "no head is better than the champion".</summary>
    public double Evidence => _candidates.Average(c => Math.Exp(c.Evidence.LogValue));

    /// <summary>The head with the most evidence, as it was when it judged the last label; null: none was fitted, or no head is the best.</summary>
    public TransferHead? Head => Leader.Head;

    /// <summary>What <see cref="Head"/> was fitted to.</summary>
    public IReadOnlyList<TransferSample> FittedTo => Leader.FittedTo;

    /// <summary>Labels since <see cref="Head"/> was fitted: it has not learned from them.</summary>
    public int SinceFit => Judged - Leader.FittedAt;

    private Candidate Leader => _candidates.MaxBy(c => c.Evidence.LogValue)!;

    /// <param name="labels">Oldest first.</param>
    /// <param name="first">Those before were known earlier and only teach; those from here on are new.</param>
    public void Observe(IReadOnlyList<TransferSample> labels, int first)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var weights = new LabelWeights();
        for (var i = 0; i < labels.Count; i++)
        {
            if (i >= first && i >= MinFitted)
            {
                if (Judged >= _nextFit)
                {
                    Fit(labels, i);
                }

                Judge(labels[i], weights.Share(labels[i].Weight));
            }

            weights.Add(labels[i].Weight);
        }
    }

    /// <summary>Compares the leading memory with the champion on the newest labels.</summary>
    /// <param name="required">e-value needed.</param>
    public PromotionVerdict Verdict(double required) => ChampionChallenger.Judge(
        [.. _compared.Select(c => c.ChampionLogit)], [.. Leader.Logits], [.. _compared.Select(c => c.Sample)], new PromotionEvidence(Evidence, required));

    private void Judge(TransferSample label, double weightShare)
    {
        var logit = Logit(champion, label);
        _compared.Enqueue((label, logit));
        foreach (var candidate in _candidates)
        {
            var its = Logit(candidate.Head, label);
            candidate.Evidence.Observe(logit, its, label.Correct, weightShare);
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

    private void Fit(IReadOnlyList<TransferSample> labels, int count)
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
            candidate.Head = TransferHeadFitter.Fit(candidate.FittedTo, classes, options);
            shorter = candidate;
        }

        _nextFit = Judged + Math.Clamp(Judged / 4, 5, 25);
    }

    private static double Logit(TransferHead? head, TransferSample label) =>
        head is null ? label.MonitorLogit : head.Logit(label.MonitorLogit, label.Probabilities, label.PredictedClass);

    private sealed class Candidate(int memory)
    {
        public int Memory { get; } = memory;

        public LikelihoodEvidence Evidence { get; } = new();

        public Queue<double> Logits { get; } = [];

        public TransferHead? Head { get; set; }

        public TransferSample[] FittedTo { get; set; } = [];

        public int FittedAt { get; set; }
    }
}
