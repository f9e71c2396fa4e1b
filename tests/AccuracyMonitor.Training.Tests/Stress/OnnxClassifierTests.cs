using AccuracyMonitor.Scoring.Onnx;
using AccuracyMonitor.Training.Stress;

namespace AccuracyMonitor.Training.Tests.Stress;

public sealed class OnnxClassifierTests
{
    private static readonly float[] Weights = [1, -1, 0.5f, 2, 0, -0.5f];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Softmax_is_taken_as_it_is_and_of_logits(bool softmax)
    {
        using var classifier = new OnnxClassifier(Linear(softmax, "n"), "linear.onnx");
        var p = new float[6];

        classifier.Predict(new float[] { 1, 0, 0.5f, 1 }, p);

        classifier.PixelCount.ShouldBe(2);
        classifier.ClassCount.ShouldBe(3);
        Softmax(1, -1, 0.5).Concat(Softmax(0.5 + 2, -0.5, 0.25 - 0.5)).Zip(p).ShouldAllBe(x => Math.Abs(x.First - x.Second) < 1e-5);
    }

    [Fact]
    public void White_is_what_the_classifier_takes_for_it_and_a_batch_of_one_is_asked_one_by_one()
    {
        using var classifier = new OnnxClassifier(Linear(softmax: true, 1), "linear.onnx", white: 3);
        var p = new float[6];

        classifier.Predict(new float[] { 1, 0, 0, 1 }, p);

        Softmax(3, -3, 1.5).Concat(Softmax(6, 0, -1.5)).Zip(p).ShouldAllBe(x => Math.Abs(x.First - x.Second) < 1e-5);
    }

    [Fact]
    public void A_file_of_another_form_is_refused_by_name()
    {
        Should.Throw<ArgumentException>(() => new OnnxClassifier([1, 2, 3], "noise.onnx")).Message.ShouldStartWith("noise.onnx: not a readable ONNX model");
        var graph = new OnnxModelBuilder("two");
        graph.Node("Add", [graph.Input("a", OnnxElementType.Float, "n", 2), graph.Input("b", OnnxElementType.Float, "n", 2)], ["y"]);
        graph.Output("y", OnnxElementType.Float, "n", 2);
        Should.Throw<ArgumentException>(() => new OnnxClassifier(graph.ToBytes(), "two.onnx")).Message
            .ShouldStartWith("two.onnx: has inputs a Float [-1,2], b Float [-1,2] and outputs y Float [-1,2]; needed are one float32 input");
    }

    private static IEnumerable<double> Softmax(params double[] logits) => logits.Select(l => Math.Exp(l) / logits.Sum(Math.Exp));

    private static byte[] Linear(bool softmax, OnnxDimension rows)
    {
        var graph = new OnnxModelBuilder("linear");
        var x = graph.Input("x", OnnxElementType.Float, rows, 2);
        string[] inputs = [x, graph.Floats("w", Weights, 2, 3)];
        if (softmax)
        {
            graph.Node("Softmax", [graph.Node("MatMul", inputs)], ["y"], OnnxAttribute.Int("axis", 1));
        }
        else
        {
            graph.Node("MatMul", inputs, ["y"]);
        }

        graph.Output("y", OnnxElementType.Float, rows, 3);
        return graph.ToBytes();
    }
}
