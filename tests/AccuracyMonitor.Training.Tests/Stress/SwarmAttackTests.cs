using AccuracyMonitor.Training.Stress;

namespace AccuracyMonitor.Training.Tests.Stress;

public sealed class SwarmAttackTests
{
    private static readonly StressOptions Options =
        new() { Images = 60, Pixels = 6, Box = 0.3, Swarm = new SwarmOptions { Particles = 20, Iterations = 10 }, Seed = 4 };

    [Fact]
    public void Pixels_chosen_by_gradient_succeed_twice_as_often_as_random_ones_and_by_influence_more_often()
    {
        var (classifier, inputs) = World();
        var subject = new StressSubject(classifier, classifier, inputs, Options with { Pixels = 2, Images = 200 });
        double Success(PixelSelection selection) => subject.Apply(new Attack(AttackMethod.Swarm, selection), subject.Reported).Success;

        var random = Success(PixelSelection.Random);

        random.ShouldBeGreaterThan(0);
        Success(PixelSelection.Influence).ShouldBeGreaterThan(random);
        Success(PixelSelection.Gradient).ShouldBeGreaterThan(2 * random);
        Success(PixelSelection.InfluenceGradient).ShouldBeGreaterThan(2 * random);
    }

    [Fact]
    public void An_adversarial_image_keeps_to_its_pixels_its_box_whole_grey_levels_and_its_queries()
    {
        var (classifier, inputs) = World();
        var subject = new StressSubject(classifier, classifier, inputs, Options);
        var before = classifier.Asked;

        var set = subject.Apply(new Attack(AttackMethod.Swarm, PixelSelection.Gradient), subject.Reported);

        // One more an image, to write down what was found.
        (classifier.Asked - before).ShouldBe(set.Images.Sum(i => i.Queries) + set.Images.Count);
        set.Images.ShouldAllBe(i => i.Queries <= Options.Swarm.Budget && i.Changed <= Options.Pixels);
        foreach (var (attacked, image) in set.Images.Zip(subject.Reported))
        {
            var changes = attacked.Pixels.Zip(inputs.Image(image).ToArray(), (a, b) => Math.Abs(a - b)).ToArray();
            changes.Max().ShouldBeLessThanOrEqualTo(0.3f + (0.5f / 255) + 1e-6f);
            attacked.Pixels.ShouldAllBe(x => x >= 0 && x <= 1 && Math.Abs((x * 255) - MathF.Round(x * 255)) < 1e-3f);
            var p = new float[classifier.ClassCount];
            classifier.Predict(attacked.Pixels, p);
            p.ShouldBe(attacked.Probabilities);
            attacked.Reached.ShouldBe(p.Max() > p[inputs.Labels[image]]);
        }
    }

    [Fact]
    public void A_target_and_a_probability_are_met_where_it_succeeds()
    {
        var (classifier, inputs) = World();
        var goal = new AttackGoal { TargetRunnerUp = true, Probability = 0.6 };
        var options = Options with { Goal = goal, Pixels = 12, Swarm = new SwarmOptions { Particles = 40, Iterations = 60 } };
        var subject = new StressSubject(classifier, classifier, inputs, options);

        var set = subject.Apply(new Attack(AttackMethod.Swarm, PixelSelection.Gradient), subject.Reported);

        set.Success.ShouldBeGreaterThan(0.5);
        var near = 0;
        foreach (var (attacked, image) in set.Images.Zip(subject.Reported).Where(p => p.First.Reached))
        {
            var runnerUp = Enumerable.Range(0, classifier.ClassCount).OrderByDescending(k => subject.Clean.Row(image)[k]).ElementAt(1);
            attacked.Probabilities[runnerUp].ShouldBe(attacked.Probabilities.Max());
            near += Math.Abs(attacked.Probabilities[runnerUp] - 0.6) <= goal.ProbabilityTolerance ? 1 : 0;
        }

        near.ShouldBeGreaterThan(set.Images.Count(i => i.Reached) * 3 / 4);
    }

    [Theory]
    [InlineData(AttackMethod.Fgsm)]
    [InlineData(AttackMethod.Pgd)]
    public void The_sign_attacks_stay_in_their_ball_and_lower_the_labels_probability(AttackMethod method)
    {
        var (classifier, inputs) = World();
        var subject = new StressSubject(classifier, classifier, inputs, Options with { Radius = 5 });

        var set = subject.Apply(new Attack(method), subject.Reported);

        foreach (var (attacked, image) in set.Images.Zip(subject.Reported))
        {
            attacked.Pixels.Zip(inputs.Image(image).ToArray()).Max(p => Math.Abs(p.First - p.Second)).ShouldBeLessThanOrEqualTo((5f / 255) + 1e-6f);
            attacked.Probabilities[inputs.Labels[image]].ShouldBeLessThan(subject.Clean.Row(image)[inputs.Labels[image]]);
        }
    }

    [Fact]
    public void Differences_of_queries_agree_with_the_gradients_and_are_counted()
    {
        var (classifier, inputs) = World();
        var (byHand, byQueries) = (new float[3 * classifier.PixelCount], new float[3 * classifier.PixelCount]);
        classifier.Compute(inputs.Image(0), [2, 0, 4], byHand);
        var before = classifier.Asked;

        var queries = new FiniteDifferences(classifier).Compute(inputs.Image(0), [2, 0, 4], byQueries);

        queries.ShouldBe(2 * classifier.PixelCount);
        (classifier.Asked - before).ShouldBe(queries);
        byHand.Zip(byQueries).ShouldAllBe(p => Math.Abs(p.First - p.Second) < 2e-3f);
    }

    [Fact]
    public void The_same_seed_gives_the_same_images_whatever_was_attacked_before()
    {
        var (classifier, inputs) = World();
        var (first, second) = (new StressSubject(classifier, classifier, inputs, Options), new StressSubject(classifier, classifier, inputs, Options));
        var attack = new Attack(AttackMethod.Swarm, PixelSelection.Random);
        second.Apply(attack, [.. second.Reported.Reverse()]);

        second.Apply(attack, second.Reported).Outputs.Probabilities.ShouldBe(first.Apply(attack, first.Reported).Outputs.Probabilities);
        new StressSubject(classifier, classifier, inputs, Options with { Seed = 5 }).Reported.ShouldNotBe(first.Reported);
    }

    [Fact]
    public void Images_are_right_and_doubtful_enough_and_none_is_in_both_parts()
    {
        var (classifier, inputs) = World();
        inputs.Labels[0] = (inputs.Labels[0] + 1) % classifier.ClassCount;

        var subject = new StressSubject(classifier, classifier, inputs, Options with { TrainImages = 100, LeastInfluence = 0.2 });

        subject.Reported.Intersect(subject.Training).ShouldBeEmpty();
        subject.Others.Intersect(subject.Reported.Concat(subject.Training)).ShouldBeEmpty();
        subject.Others.Count.ShouldBeInRange(100, inputs.Count - 160);
        subject.Reported.Concat(subject.Training).ShouldNotContain(0);
        subject.Reported.Max(i => subject.Clean.Row(i)[inputs.Labels[i]]).ShouldBeLessThanOrEqualTo((1 / 1.2f) + 1e-6f);
        Should.Throw<ArgumentException>(() => new StressSubject(classifier, classifier, inputs, Options with { TrainImages = 5000 }))
            .Message.ShouldContain("are needed");
        Should.Throw<ArgumentOutOfRangeException>(() => new StressSubject(classifier, classifier, inputs, Options with { Pixels = 65 }))
            .Message.ShouldContain("Pixels");
    }

    private static (SoftmaxRegression Classifier, LabelledInputs Inputs) World()
    {
        var classifier = new SoftmaxRegression(64, 6, seed: 1, scale: 1.2);
        return (classifier, classifier.Draw(600, 2));
    }
}
