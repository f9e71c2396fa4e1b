using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Scoring.Tests.Networks;

public class FeatureEncodingTests
{
    [Fact]
    public void Sorted_logarithms_margin_and_entropy_then_the_vector_and_its_class()
    {
        float[] p = [0.2f, 0.7f, 0.1f];
        var features = new float[FeatureEncoding.Width(MonitorEncoding.SortedLogWithClass, 3)];

        FeatureEncoding.Encode(MonitorEncoding.SortedLogWithClass, p, features);

        var missing = MathF.Log(FeatureEncoding.Floor);
        var entropy = -p.Sum(x => x * Math.Log(x));
        double[] expected =
        [
            Math.Log(0.7), Math.Log(0.2), Math.Log(0.1), missing, missing, missing, missing, missing, missing, missing, 0.5, entropy,
            Math.Log(0.2), Math.Log(0.7), Math.Log(0.1), 0, 1, 0,
        ];
        features.Select(f => (double)f).ShouldBe(expected, 1e-6);
    }

    [Fact]
    public void The_sorted_features_are_the_sorted_vector_for_any_order()
    {
        var rows = SomeMonitor.Softmax(50, 43);
        for (var i = 0; i < 50; i++)
        {
            var row = rows.AsSpan(i * 43, 43).ToArray();
            var features = new float[12];
            FeatureEncoding.Encode(MonitorEncoding.SortedLog, row, features);
            features[..10].ShouldBe(row.OrderDescending().Take(10).Select(x => MathF.Log(MathF.Max(x, FeatureEncoding.Floor))), 2e-6);
        }
    }

    [Fact]
    public void Of_equal_probabilities_the_first_is_the_predicted_class() =>
        FeatureEncoding.PredictedClass([0.1f, 0.4f, 0.4f, 0.1f]).ShouldBe(1);
}
