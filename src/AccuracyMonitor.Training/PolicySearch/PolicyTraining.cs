using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Networks;
using AccuracyMonitor.Training.Schedules;

namespace AccuracyMonitor.Training.PolicySearch;

/// <summary>One training by one policy: the trainer's network, optimiser, order of samples and masks, for a given number of steps and without
/// early stopping. After each whole epoch it has the weights that <see cref="MonitorTrainer"/> has then.</summary>
internal static class PolicyTraining
{
    public static PolicyRun Run(BenchSubject subject, RatePolicy policy, int steps, int lookEvery, CancellationToken cancel)
    {
        var schedule = policy.Begin(steps);
        using var network = Network(subject, schedule);
        var curve = new List<LossPoint>();
        var best = (Loss: double.PositiveInfinity, Weights: subject.Start, HeldOut: Array.Empty<float>());
        void Look(int step)
        {
            var heldOut = network.MemberLogits(subject.HeldOut);
            var loss = Loss(heldOut, subject.HeldOut, subject);
            curve.Add(new LossPoint(step, loss));
            if (loss < best.Loss)
            {
                best = (loss, network.Snapshot(), heldOut);
            }
        }

        Look(0);
        foreach (var step in Steps(subject, network, steps, schedule, cancel))
        {
            if (step % lookEvery == 0 || step == steps)
            {
                Look(step);
            }
        }

        using var kept = new TrainingNetwork(best.Weights, Members.Of(subject.Shape), learningRate: 0, weightDecay: 0);
        var (test, confidence) = Judge(subject, best.HeldOut, kept.MemberLogits(subject.Test));
        return new PolicyRun(policy.ToString(), subject.Options.Seed, curve, test, confidence, curve[^1].Loss - TrainedLoss(subject, network));
    }

    /// <summary>Held-out loss after a short run at one constant rate; infinite where it diverged.</summary>
    public static double LossAfter(BenchSubject subject, double rate, int steps, CancellationToken cancel)
    {
        using var network = Network(subject, RatePolicy.Constant(rate).Begin(Math.Max(1, steps)));
        _ = Steps(subject, network, steps, null, cancel).Count();
        var loss = Loss(network.MemberLogits(subject.HeldOut), subject.HeldOut, subject);
        return double.IsFinite(loss) ? loss : double.PositiveInfinity;
    }

    private static TrainingNetwork Network(BenchSubject subject, RateRun schedule) =>
        new(subject.Start, Members.Of(subject.Shape), learningRate: 0, subject.Options.WeightDecay) { Schedule = schedule };

    // A plateau rule receives the held-out loss after each epoch, as in the trainer.
    private static IEnumerable<int> Steps(BenchSubject subject, TrainingNetwork network, int steps, RateRun? schedule, CancellationToken cancel)
    {
        var random = SplitMix64.Stream(subject.Options.Seed, Pretraining.OrderStream, 0);
        var order = Enumerable.Range(0, subject.Trained.Count).ToArray();
        var step = 0;
        while (step < steps)
        {
            random.Shuffle(order, order.Length);
            for (var from = 0; from < order.Length && step < steps; from += subject.Options.BatchSize)
            {
                network.Epoch(
                    subject.Trained, order[from..Math.Min(from + subject.Options.BatchSize, order.Length)], subject.Options.BatchSize, ref random, cancel);
                yield return ++step;
            }

            if (schedule?.ListensToLoss == true)
            {
                schedule.Observe(Loss(network.MemberLogits(subject.HeldOut), subject.HeldOut, subject));
            }
        }
    }

    private static double Loss(float[] memberLogits, TrainingData data, BenchSubject subject)
    {
        var loss = LogitCalibration.MeanLoss(LogitCalibration.Identity, memberLogits, data.Correct, data.Weights, subject.Shape.Members);
        return double.IsFinite(loss) ? loss : double.PositiveInfinity;
    }

    private static double TrainedLoss(BenchSubject subject, TrainingNetwork network)
    {
        var rows = subject.Trained.Rows([.. Enumerable.Range(0, Math.Min(subject.HeldOut.Count, subject.Trained.Count))]);
        return Loss(network.MemberLogits(rows), rows, subject);
    }

    private static (TestScore Test, ConfidenceSpread Confidence) Judge(BenchSubject subject, float[] heldOut, float[] test)
    {
        var members = subject.Shape.Members;
        var calibration = LogitCalibration.Fit(heldOut, subject.HeldOut.Correct, subject.HeldOut.Weights, members);
        var logits = new double[subject.Test.Count];
        for (var i = 0; i < logits.Length; i++)
        {
            logits[i] = calibration.Logit(test.AsSpan(i * members, members));
        }

        bool[] correct = [.. subject.Test.Correct.Select(c => c > 0)];
        var m = ScoreMetrics.Of(logits, correct);
        return (new TestScore(m.LogLoss, m.Brier, m.Auroc, Math.Abs(m.MeanScore - m.Accuracy)), ConfidenceSpread.Of(logits, correct, subject.TestClasses));
    }
}
