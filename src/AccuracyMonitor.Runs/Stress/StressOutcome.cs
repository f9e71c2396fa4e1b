using AccuracyMonitor.Evaluation;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.Stress;

namespace AccuracyMonitor.Runs.Stress;

/// <summary>What one seed of <c>stress</c> gave.</summary>
/// <param name="Retraining">Null: the classifier was not trained.</param>
internal sealed record StressOutcome(StressReport Report, RetrainingResult? Retraining)
{
    /// <summary>Attacks with one seed after the other.</summary>
    /// <param name="setup">What is attacked.</param>
    /// <param name="arguments">How.</param>
    /// <param name="progress">Told the seed and its progress.</param>
    /// <param name="cancel">Ends it.</param>
    public static List<StressOutcome> OfSeeds(
        StressSetup setup, StressArguments arguments, IProgress<(ulong Seed, StressProgress Progress)> progress, CancellationToken cancel)
    {
        var outcomes = new List<StressOutcome>();
        for (var run = 0; run < arguments.Seeds; run++)
        {
            var options = arguments.Options with { Seed = arguments.Options.Seed + (ulong)run };
            var ofSeed = new SynchronousProgress<StressProgress>(p => progress.Report((options.Seed, p)));
            var subject = new StressSubject(setup.Classifier, setup.Gradients, setup.Inputs, options);
            var report = StressRun.Run(
                subject, arguments.Attacks, arguments.Outputs.Harden is null ? [] : [arguments.TrainingAttack], setup.Reference,
                new HardeningOptions { Training = new TrainingOptions { Seed = options.Seed } }, ofSeed, cancel);
            outcomes.Add(new StressOutcome(
                report,
                arguments.Outputs.Train is null ? null : ClassifierRetraining.Run(setup, report, arguments.TrainingAttack, options, ofSeed, cancel)));
        }

        return outcomes;
    }
}
