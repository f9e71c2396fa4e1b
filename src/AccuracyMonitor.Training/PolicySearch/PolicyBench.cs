using AccuracyMonitor.Core;
using AccuracyMonitor.Training.Schedules;

namespace AccuracyMonitor.Training.PolicySearch;

/// <summary>
/// Picks a learning-rate policy for a monitor (after LRBench, arXiv 1908.06477): range test, 13 candidates over seeds, ranking, robustness of
/// the rate's scale, and the winner beside the tuned constant on fresh seeds. Every number but the time is a function of the arguments,
/// as long as the time budget suffices.
/// </summary>
public static class PolicyBench
{
    /// <summary>Added to the first seed for the fresh ones.</summary>
    private const ulong FreshSeeds = 1_000_000;

    /// <param name="reference">Trained on; its held-out part judges the runs.</param>
    /// <param name="test">Judges the results; same K.</param>
    /// <param name="options">In range.</param>
    /// <param name="time">Measures the budget.</param>
    /// <param name="progress">Receives a line for each finished run, from any thread.</param>
    /// <param name="cancel">Checked between two batches.</param>
    /// <exception cref="DllNotFoundException">libtorch is missing.</exception>
    /// <exception cref="ArgumentException">Too small a reference set, or an option out of range.</exception>
    public static PolicyBenchResult Run(
        ReferenceSet reference, ReferenceSet test, PolicyBenchOptions options, TimeProvider time, IProgress<PolicyBenchProgress>? progress = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(reference.Count, MonitorTrainer.SmallestReference, nameof(reference));
        ArgumentOutOfRangeException.ThrowIfNotEqual(test.ClassCount, reference.ClassCount, nameof(test));
        TorchRuntime.Require();
        return new Bench(reference, test, options, time, progress, cancel).Run();
    }

    private sealed class Bench(
        ReferenceSet reference, ReferenceSet test, PolicyBenchOptions options, TimeProvider time, IProgress<PolicyBenchProgress>? progress,
        CancellationToken cancel)
    {
        private readonly long _started = time.GetTimestamp();
        private readonly List<string> _leftOut = [];
        private int _done;
        private int _steps;
        private TimeSpan _lastSide;

        private int PolicySteps => Math.Max(1, (int)(options.Share * _steps));

        private int LookEvery => options.LookEvery ?? Math.Max(1, _steps / 20);

        public PolicyBenchResult Run()
        {
            var first = Subject(options.Training.Seed);
            _steps = options.Steps ?? Math.Max(100, options.Training.MaxEpochs * first.StepsPerEpoch);
            var range = Range(first);
            Trial[] constants = [.. PolicyCandidates.ConstantFactors.Select(f => new Trial(RatePolicy.Constant(Rounded(f * range.Best)), _steps))];
            Trial[] policies =
                [.. options.PeakFactors.SelectMany(f => PolicyCandidates.For(Rounded(f * range.Best), PolicySteps)).Select(p => new Trial(p, PolicySteps))];
            for (var seed = 0; seed < options.Seeds && HasTime($"{options.Seeds - seed} of {options.Seeds} seeds"); seed++)
            {
                Try([.. constants, .. policies], seed == 0 ? first : Subject(options.Training.Seed + (ulong)seed), $"seed {seed + 1} of {options.Seeds}");
            }

            var tuned = constants.MinBy(t => t.FinalLoss)!.Runs;
            List<PolicyRun>[] candidates = [.. policies.GroupBy(t => t.Policy.Segments[0].Function).Select(g => g.MinBy(t => t.FinalLoss)!.Runs)];
            var ranked = PolicyRanking.Rank(candidates, tuned, new Dictionary<string, double>(StringComparer.Ordinal));
            _lastSide /= constants.Length + policies.Length;
            var confirmed = Confirm(RatePolicy.Parse(ranked[0].Policy), RatePolicy.Parse(tuned[0].Policy));
            var scaled = Scale(first, [.. ranked.Select(s => s.Policy)]);
            return new PolicyBenchResult
            {
                Steps = _steps,
                PolicySteps = PolicySteps,
                Seeds = tuned.Count,
                Range = range,
                Ranked = PolicyRanking.Rank(candidates, tuned, Spreads(scaled, [.. candidates.Select(c => c[0])])),
                Constant = PolicyRanking.Rank([tuned], tuned, new Dictionary<string, double>(StringComparer.Ordinal))[0],
                Scaled = scaled,
                Confirmed = confirmed,
                LeftOut = _leftOut,
                Elapsed = time.GetElapsedTime(_started),
            };
        }

        private void Try(IReadOnlyList<Trial> trials, BenchSubject subject, string stage)
        {
            foreach (var (trial, run) in trials.Zip(Side([.. trials.Select(t => (subject, t.Policy, t.Steps))], stage)))
            {
                trial.Runs.Add(run);
            }
        }

        private static double Rounded(double rate) => PolicyCandidates.Rounded(rate);

        private BenchSubject Subject(ulong seed) => BenchSubject.Of(reference, test, options.Training with { Seed = seed });

        private RangeTest Range(BenchSubject subject)
        {
            var losses = new double[RangeTest.Grid.Count];
            Each(losses.Length, i => losses[i] = PolicyTraining.LossAfter(subject, RangeTest.Grid[i], options.RangeSteps, cancel), "range test");
            var start = PolicyTraining.LossAfter(subject, 0, 0, cancel);
            return RangeTest.Of([.. RangeTest.Grid.Zip(losses, (rate, loss) => new RatePoint(rate, loss))], start);
        }

        private List<ConfirmedSeed> Confirm(RatePolicy winner, RatePolicy constant)
        {
            var confirmed = new List<ConfirmedSeed>();
            for (var seed = 0; seed < options.ConfirmSeeds && HasTime($"{options.ConfirmSeeds - seed} of {options.ConfirmSeeds} confirming seeds"); seed++)
            {
                var subject = Subject(options.Training.Seed + FreshSeeds + (ulong)seed);
                if (Side([(subject, winner, PolicySteps), (subject, constant, _steps)], $"confirming {seed + 1} of {options.ConfirmSeeds}") is [var picked,
                    var fixedRate])
                {
                    confirmed.Add(new ConfirmedSeed(picked, fixedRate));
                }
            }

            return confirmed;
        }

        private List<ScaledRun> Scale(BenchSubject subject, IReadOnlyList<string> policies)
        {
            var scaled = new List<ScaledRun>();
            foreach (var (i, text) in policies.Index())
            {
                if (!HasTime($"robustness of {policies.Count - i} of {policies.Count} policies"))
                {
                    break;
                }

                RatePolicy[] scales = [.. options.RateScales.Select(s => RatePolicy.Parse(text).Scaled(s))];
                var runs = Side([.. scales.Select(p => (subject, p, PolicySteps))], $"rates of {text.Split(' ')[0]} scaled");
                scaled.AddRange(options.RateScales.Zip(runs, (scale, run) => new ScaledRun(text, scale, run)));
            }

            return scaled;
        }

        private static Dictionary<string, double> Spreads(IReadOnlyList<ScaledRun> scaled, IReadOnlyList<PolicyRun> unscaled) =>
            scaled.GroupBy(s => s.Policy, StringComparer.Ordinal).ToDictionary(
                g => g.Key,
                g =>
                {
                    double[] losses = [.. g.Select(s => s.Run.Test.LogLoss), unscaled.First(u => u.Policy == g.Key).Test.LogLoss];
                    return losses.Max() - losses.Min();
                },
                StringComparer.Ordinal);

        private PolicyRun[] Side(IReadOnlyList<(BenchSubject Subject, RatePolicy Policy, int Steps)> work, string stage)
        {
            var runs = new PolicyRun[work.Count];
            var began = time.GetTimestamp();
            Each(work.Count, i => runs[i] = PolicyTraining.Run(work[i].Subject, work[i].Policy, work[i].Steps, LookEvery, cancel), stage);
            _lastSide = time.GetElapsedTime(began);
            return runs;
        }

        private void Each(int count, Action<int> run, string stage)
        {
            try
            {
                Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = options.Workers, CancellationToken = cancel }, i =>
                {
                    run(i);
                    progress?.Report(new PolicyBenchProgress(stage, Interlocked.Increment(ref _done), time.GetElapsedTime(_started)));
                });
            }
            catch (AggregateException e) when (e.InnerExceptions.All(x => x is OperationCanceledException))
            {
                throw new OperationCanceledException(cancel);
            }
        }

        private sealed record Trial(RatePolicy Policy, int Steps)
        {
            public List<PolicyRun> Runs { get; } = [];

            public double FinalLoss => Runs.Average(r => r.FinalLoss);
        }

        /// <summary>Is there time for one more like the one before? The first of all is always run.</summary>
        private bool HasTime(string rest)
        {
            var spent = time.GetElapsedTime(_started);
            if (_lastSide == TimeSpan.Zero || spent + _lastSide <= options.Budget)
            {
                return true;
            }

            _leftOut.Add($"{rest}, for the budget of {options.Budget.TotalSeconds:0} s");
            return false;
        }
    }
}

/// <param name="Stage">For a person to read.</param>
/// <param name="Runs">Finished so far.</param>
/// <param name="Elapsed">Since the start.</param>
public sealed record PolicyBenchProgress(string Stage, int Runs, TimeSpan Elapsed);
