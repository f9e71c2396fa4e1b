using AccuracyMonitor.Training.Stress;
using CsCheck;

namespace AccuracyMonitor.Training.Tests.Stress;

public sealed class SwarmObjectiveTests
{
    [Theory]
    [InlineData(null, null, new[] { 0.7f, 0.2f, 0.1f }, 1.5)]
    [InlineData(null, null, new[] { 0.3f, 0.6f, 0.1f }, 0.0003)]
    [InlineData(null, 0.9, new[] { 0.7f, 0.2f, 0.1f }, 1.7)]
    [InlineData(null, 0.9, new[] { 0.3f, 0.6f, 0.1f }, 0.3)]
    [InlineData(2, null, new[] { 0.7f, 0.2f, 0.1f }, 1.6)]
    [InlineData(2, null, new[] { 0.2f, 0.7f, 0.1f }, 1.6)]
    [InlineData(2, null, new[] { 0.2f, 0.1f, 0.7f }, 0.0005)]
    [InlineData(2, 0.75, new[] { 0.2f, 0.1f, 0.7f }, 0.05)]
    public void Values_by_hand(int? target, double? wanted, float[] probabilities, double value) =>
        new SwarmObjective(0, target, wanted).Value(probabilities, change: 0).ShouldBe(value, 1e-6);

    [Fact]
    public void What_reaches_the_goal_comes_before_all_that_does_not_and_a_smaller_change_before_a_larger() =>
        Gen.Select(Gen.Float[0.01f, 1].Array[4], Gen.Int[0, 3], Gen.Int[-1, 3], Gen.Bool, Gen.Double[0, 100]).Sample((raw, label, target, asked, change) =>
        {
            if (target == label)
            {
                return;
            }

            var p = raw.Select(r => r / raw.Sum()).ToArray();
            var objective = new SwarmObjective(label, target < 0 ? null : target, asked ? 0.8 : null);
            (objective.Value(p, change) < 1).ShouldBe(objective.Reached(p));
            objective.Value(p, change).ShouldBeLessThan(objective.Value(p, change + 1));
        });
}
