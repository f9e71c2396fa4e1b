using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.Tests.Networks;

public class AdamWTests
{
    [Fact]
    public void Two_steps_by_hand()
    {
        var optimizer = new AdamW(2, learningRate: 0.1, weightDecay: 0.01);
        float[] w = [1, -2];

        // First step: mean and square are bias-corrected to g and g², so the step is the learning rate in the sign of g, after the decay.
        optimizer.Step(w, [0.5f, -3]);
        w[0].ShouldBe((1 * (1 - 0.001f)) - 0.1f, 1e-6f);
        w[1].ShouldBe((-2 * (1 - 0.001f)) + 0.1f, 1e-6f);

        // Second, first weight: m = (0.09·0.5 + 0.1·1)/0.19... written out below.
        var before = w[0];
        optimizer.Step(w, [1, 1]);
        var m = ((0.9 * 0.1 * 0.5) + (0.1 * 1)) / (1 - 0.81);
        var v = ((0.999 * 0.001 * 0.25) + (0.001 * 1)) / (1 - (0.999 * 0.999));
        w[0].ShouldBe((float)((before * 0.999) - (0.1 * m / (Math.Sqrt(v) + 1e-8))), 1e-6f);
    }

    [Fact]
    public void Another_length_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new AdamW(2, 0.1, 0).Step(new float[3], new float[3]));
}
