using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Stress;

namespace AccuracyMonitor.Training.Tests.Stress;

public sealed class StressRunTests
{
    private static readonly Attack Chosen = new(AttackMethod.Swarm, PixelSelection.InfluenceGradient);

    private static readonly Lazy<StressReport> Report = new(() =>
    {
        // Surer than most: few clean images are where the adversarial ones end, at the border of two classes.
        var classifier = new SoftmaxRegression(64, 6, seed: 1, scale: 4);
        var options =
            new StressOptions { Images = 150, TrainImages = 600, Pixels = 10, Box = 0.4, Swarm = new SwarmOptions { Particles = 20, Iterations = 10 } };
        var subject = new StressSubject(classifier, classifier, Noisy(classifier, 6000), options);
        return StressRun.Run(subject, [Chosen, new Attack(AttackMethod.Fgsm)], [Chosen], null, Hardening);
    });

    private static HardeningOptions Hardening => new() { Training = new TrainingOptions { HiddenWidths = [16], Members = 5, MaxEpochs = 30 } };

    [Fact]
    public void Hardening_halves_the_error_of_the_estimate_on_images_it_was_not_taught_with()
    {
        var report = Report.Value;
        var attack = report.Attacks[0];

        attack.Set.Success.ShouldBeGreaterThan(0.3);
        attack.Accuracy.ShouldBe(1 - attack.Set.Success, 1e-9);
        attack.HardenedError!.Value.ShouldBeLessThan(attack.PlainError / 2);
        report.Hardening!.Refusal.ShouldBeNull();
        (report.CleanPlain.Auroc - report.Hardening.CleanAfter.Auroc).ShouldBeLessThan(0.003);
    }

    [Fact]
    public void The_hardened_file_is_the_one_that_was_judged_and_says_what_it_was_taught_with()
    {
        var report = Report.Value;
        var hardened = report.Hardening!.Hardened;

        MonitorJudge.Of(hardened.Onnx, report.Attacks[0].Set.Outputs).ShouldBe(report.Attacks[0].Hardened);
        hardened.Metadata.TrainingNumbers["hardening.rows"].ShouldBe("600");
        hardened.Metadata.TrainingNumbers["hardening.clean_auroc"].ShouldBe($"{report.Hardening.CleanAfter.Auroc:0.0000}");
    }

    [Fact]
    public void No_image_that_is_judged_trained_a_monitor()
    {
        var report = Report.Value;
        var subject = report.Subject;

        // Half of what is not attacked trains, the other half judges.
        (report.Reference.Count + report.Clean.Count).ShouldBe(subject.Others.Count);
        Math.Abs(report.Reference.Count - report.Clean.Count).ShouldBeLessThanOrEqualTo(1);
        report.Reference.Probabilities.Intersect(report.Clean.Probabilities).Count().ShouldBeLessThan(report.Clean.Count / 10);
    }

    [Fact]
    public void A_monitor_that_loses_more_on_clean_outputs_than_it_may_is_refused()
    {
        var clean = SomeReference.Draw(1500, 4, 2);
        var nonsense = SomeReference.Draw(1500, 4, 3);
        for (var i = 0; i < nonsense.Count; i++)
        {
            // The surer, the wronger.
            var first = Scoring.Networks.FeatureEncoding.PredictedClass(nonsense.Row(i));
            nonsense.Labels[i] = nonsense.Row(i)[first] > 0.95 ? (first + 1) % 4 : first;
        }

        MonitorHardening.Run(SomeReference.Draw(1500, 4, 1), nonsense, clean, Hardening).Refusal.ShouldNotBeNull().ShouldContain("at most 0.003");
    }

    [Fact]
    public void Hardening_without_images_to_teach_with_is_refused()
    {
        var classifier = new SoftmaxRegression(64, 6, seed: 1);
        var subject = new StressSubject(classifier, classifier, Noisy(classifier, 500), new StressOptions { Images = 10, Pixels = 3 });

        Should.Throw<ArgumentOutOfRangeException>(
            () => StressRun.Run(subject, [new Attack(AttackMethod.Fgsm)], [new Attack(AttackMethod.Fgsm)], null, Hardening))
            .Message.ShouldContain("TrainImages");
    }

    /// <summary>Labels drawn by the classifier's own probabilities: it is right as often as it says.</summary>
    private static LabelledInputs Noisy(SoftmaxRegression classifier, int count)
    {
        var inputs = classifier.Draw(count, 2);
        var p = new float[count * classifier.ClassCount];
        classifier.Predict(inputs.Pixels, p);
        var random = new Scoring.Networks.SplitMix64(9);
        for (var i = 0; i < count; i++)
        {
            var (left, k) = (random.NextDouble(), 0);
            for (; k < classifier.ClassCount - 1 && left >= p[(i * classifier.ClassCount) + k]; k++)
            {
                left -= p[(i * classifier.ClassCount) + k];
            }

            inputs.Labels[i] = k;
        }

        return inputs;
    }
}
