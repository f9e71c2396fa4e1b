using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.PolicySearch;

/// <summary>Data shared by all policies of one seed: the trainer's split and initial weights, and test outputs that are not used to choose
/// a policy.</summary>
/// <param name="Options">With the seed.</param>
/// <param name="Shape">Of the network.</param>
/// <param name="Start">First weights.</param>
/// <param name="Trained">Trained on.</param>
/// <param name="HeldOut">Judges each run while it goes on, and calibrates it.</param>
/// <param name="Test">Judges the result.</param>
/// <param name="TestClasses">The deployed model's predictions there; length of the test.</param>
internal sealed record BenchSubject(
    TrainingOptions Options, MonitorMetadata Shape, MonitorWeights Start, TrainingData Trained, TrainingData HeldOut, TrainingData Test, int[] TestClasses)
{
    public static BenchSubject Of(ReferenceSet reference, ReferenceSet test, TrainingOptions options)
    {
        var shape = Pretraining.Shape(reference, options);
        var (trained, heldOut) = Pretraining.Split(TrainingData.From(reference, shape.Encoding), options);
        var random = SplitMix64.Stream(options.Seed, Pretraining.WeightsStream, 0);
        return new BenchSubject(
            options,
            shape,
            InitialWeights.For(trained, shape.Encoding, options.HiddenWidths, ref random),
            trained,
            heldOut,
            TrainingData.From(test, shape.Encoding),
            [.. Enumerable.Range(0, test.Count).Select(i => FeatureEncoding.PredictedClass(test.Row(i)))]);
    }

    public int StepsPerEpoch => TrainingData.Batches(Trained.Count, Options.BatchSize);
}
