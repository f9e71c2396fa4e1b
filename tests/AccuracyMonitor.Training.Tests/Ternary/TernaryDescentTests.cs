using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Training.Networks;
using AccuracyMonitor.Training.Ternary;

namespace AccuracyMonitor.Training.Tests.Ternary;

public sealed class TernaryDescentTests
{
    public static TheoryData<int[]> Shapes { get; } = [new[] { 6 }, new[] { 7, 5 }];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_tried_weight_has_the_loss_that_the_whole_network_has_with_it(int[] widths)
    {
        var (batch, weights) = Draw(widths);
        var state = new TernaryState(batch, weights);
        var random = new SplitMix64(3);
        for (var i = 0; i < 200; i++)
        {
            var layer = random.NextInt(state.Last + 1);
            var (input, unit) = (random.NextInt(state.Inputs[layer]), random.NextInt(state.Outputs[layer]));
            var trit = (sbyte)(random.NextInt(3) - 1);
            var before = state.Loss;

            var tried = state.Try(layer, input, unit, trit);

            state.Loss.ShouldBe(before);
            state.Set(layer, input, unit, trit);
            state.Loss.ShouldBe(tried, 1e-6);
            new TernaryState(batch, state.Snapshot(weights)).Loss.ShouldBe(state.Loss, 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_pass_never_raises_the_loss_and_ends_where_no_single_change_lowers_it(int[] widths)
    {
        var (batch, weights) = Draw(widths);
        var state = new TernaryState(batch, weights);
        var random = new SplitMix64(4);
        var loss = state.Loss;
        for (var changed = -1; changed != 0;)
        {
            changed = TernaryDescent.Pass(state, gain: 0, ref random, CancellationToken.None);

            state.Loss.ShouldBeLessThanOrEqualTo(loss);
            loss = state.Loss;
        }

        loss.ShouldBeLessThan(new TernaryState(batch, weights).Loss);
        for (var layer = 0; layer <= state.Last; layer++)
        {
            for (var weight = 0; weight < state.Trits[layer].Length; weight++)
            {
                foreach (sbyte trit in (sbyte[])[-1, 0, 1])
                {
                    state.Try(layer, weight / state.Outputs[layer], weight % state.Outputs[layer], trit).ShouldBeGreaterThanOrEqualTo(loss - 1e-6);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_refit_follows_the_gradient_that_differences_give(int[] widths)
    {
        const float Step = 1e-2f;
        var (batch, weights) = Draw(widths);
        var state = new TernaryState(batch, weights);
        var parameters = TernaryRefit.Parameters(state);

        var gradient = new TernaryRefit(batch).Gradient(state);

        for (var i = 0; i < parameters.Length; i++)
        {
            double At(float change)
            {
                float[] moved = [.. parameters];
                moved[i] += change;
                TernaryRefit.Set(state, moved);
                state.Rescale();
                return state.Loss;
            }

            ((double)gradient[i]).ShouldBe((At(Step) - At(-Step)) / (2 * Step), 2e-3, $"parameter {i}");
        }
    }

    [Fact]
    public void Members_are_those_of_the_scorer()
    {
        var shape = Shape([7, 5]);
        var weights = Twn.Round(Dense(shape)).ToDense();
        var set = SomeReference.Draw(50, 4, 9);
        var expected = SomeReference.Logits(MonitorFile.Write(shape, weights).Onnx, set);

        var logits = DenseMembers.Logits(shape, weights, TrainingData.From(set, shape.Encoding));

        for (var i = 0; i < set.Count; i++)
        {
            LogitCalibration.Identity.Logit(logits.AsSpan(i * shape.Members, shape.Members)).ShouldBe(expected[i], 5e-3);
        }
    }

    private static (TernaryBatch Batch, TernaryWeights Weights) Draw(int[] widths)
    {
        var shape = Shape(widths);
        var dense = Dense(shape);
        return (TernaryBatch.Of(shape, dense, TrainingData.From(SomeReference.Draw(400, 4, 5), shape.Encoding), new SplitMix64(2)), Twn.Round(dense));
    }

    private static MonitorMetadata Shape(int[] widths) => new()
    {
        Encoding = MonitorEncoding.SortedLogWithClass,
        ClassCount = 4,
        Members = 5,
        MaskSeed = 7,
        DropoutRate = 0.3,
        HiddenWidths = widths,
    };

    private static MonitorWeights Dense(MonitorMetadata shape)
    {
        var data = TrainingData.From(SomeReference.Draw(400, 4, 5), shape.Encoding);
        var random = new SplitMix64(11);
        var start = InitialWeights.For(data, shape.Encoding, shape.HiddenWidths, ref random);

        // Training starts from an output layer of zeros, behind which nothing would show.
        float[] Drawn(float[] like) => [.. like.Select(_ => (float)(random.NextDouble() - 0.5))];
        return start with { Layers = [.. start.Layers.Select(l => l with { Bias = Drawn(l.Bias), Weights = l.Outputs == 1 ? Drawn(l.Weights) : l.Weights })] };
    }
}
