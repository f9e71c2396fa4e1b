using AccuracyMonitor.Demo.Attacks;
using AccuracyMonitor.Demo.Data;

namespace AccuracyMonitor.Demo.Tests.Attacks;

[Collection(nameof(Torch))]
public sealed class GradientAttackTests
{
    private static readonly Lazy<LabelledImages> Images = new(() => DemoAssets.ReadTestImages().Slice(0, 200));

    public GradientAttackTests() => Torch.Load();

    public static TheoryData<AttackKind> Kinds => [.. Enum.GetValues<AttackKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_fools_the_served_model_more_with_every_severity_and_stays_within_its_ball(AttackKind kind)
    {
        using var attack = new GradientAttack(DemoAssets.Classifier());
        var right = new List<int> { ServedModel.CountRight(Images.Value) };
        foreach (var severity in (int[])[1, 3, 5])
        {
            var options = new AttackOptions(kind, severity, Seed: 1);

            var attacked = attack.Apply(Images.Value, options, TestContext.Current.CancellationToken);

            attacked.Labels.SequenceEqual(Images.Value.Labels).ShouldBeTrue();
            LargestChange(attacked).ShouldBe(options.Radius);
            right.Add(ServedModel.CountRight(attacked));
        }

        right.Zip(right.Skip(1)).ShouldAllBe(pair => pair.Second < pair.First, string.Join(", ", right));
        right[^1].ShouldBeLessThan(Images.Value.Count / 3, string.Join(", ", right));
    }

    [Fact]
    public void Many_small_steps_fool_more_often_than_one_large_step()
    {
        using var attack = new GradientAttack(DemoAssets.Classifier());

        ServedModel.CountRight(Apply(attack, AttackKind.Pgd, seed: 1))
            .ShouldBeLessThan(ServedModel.CountRight(Apply(attack, AttackKind.Fgsm, seed: 1)));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        using var attack = new GradientAttack(DemoAssets.Classifier());
        var first = Apply(attack, AttackKind.Pgd, seed: 1).Pixels.ToArray();

        Apply(attack, AttackKind.Pgd, seed: 1).Pixels.ToArray().ShouldBe(first);
        Apply(attack, AttackKind.Pgd, seed: 2).Pixels.ToArray().ShouldNotBe(first);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void A_severity_outside_one_to_five_is_refused(int severity) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new AttackOptions(AttackKind.Fgsm, severity, 1).Radius);

    private static LabelledImages Apply(GradientAttack attack, AttackKind kind, ulong seed) =>
        attack.Apply(Images.Value, new AttackOptions(kind, 3, seed), TestContext.Current.CancellationToken);

    private static int LargestChange(LabelledImages attacked) =>
        attacked.Pixels.ToArray().Zip(Images.Value.Pixels.ToArray(), (a, b) => Math.Abs(a - b)).Max();
}
