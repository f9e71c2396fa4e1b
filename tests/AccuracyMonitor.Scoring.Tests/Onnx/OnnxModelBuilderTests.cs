using AccuracyMonitor.Scoring.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AccuracyMonitor.Scoring.Tests.Onnx;

public class OnnxModelBuilderTests
{
    [Fact]
    public void A_small_convolutional_network_runs_in_ONNX_Runtime()
    {
        var bytes = ConvolutionalNetwork();

        using var session = new InferenceSession(bytes);
        session.InputMetadata["image"].Dimensions.ShouldBe([-1, 1, 4, 4]);
        session.InputMetadata["image"].SymbolicDimensions[0].ShouldBe("N");
        session.ModelMetadata.CustomMetadataMap["made_by"].ShouldBe("tests");
        session.ModelMetadata.ProducerName.ShouldBe("accuracy-monitor");

        var image = new DenseTensor<float>(Enumerable.Range(0, 16).Select(i => (float)i).ToArray(), [1, 1, 4, 4]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("image", image)]);

        // A 2x2 kernel of ones sums each 2x2 block at stride 2: 10, 18, 42, 50; max-pool keeps 50; softmax(50·[0.1, -0.1]).
        var expected = 1 / (1 + Math.Exp(-10));
        results.Single(r => r.Name == "probabilities").AsEnumerable<float>().First().ShouldBe((float)expected, 1e-6f);
        results.Single(r => r.Name == "best").AsEnumerable<long>().ShouldBe([0L]);
    }

    [Fact]
    public void The_same_calls_give_the_same_bytes() => ConvolutionalNetwork().ShouldBe(ConvolutionalNetwork());

    [Fact]
    public void Mistakes_are_named_where_they_are_made()
    {
        var model = new OnnxModelBuilder("g");
        model.Input("x", OnnxElementType.Float, "N");
        Should.Throw<ArgumentException>(() => model.Node("Relu", ["y"])).Message.ShouldContain("'y'");
        Should.Throw<ArgumentException>(() => model.Floats("x", [1])).Message.ShouldContain("'x' is defined twice");
        Should.Throw<ArgumentException>(() => OnnxTensor.Floats("w", new float[5], 2, 3)).Message.ShouldContain("5 elements do not fill (2, 3)");
    }

    private static byte[] ConvolutionalNetwork()
    {
        var model = new OnnxModelBuilder("cnn");
        var image = model.Input("image", OnnxElementType.Float, "N", 1, 4, 4);
        var kernel = model.Floats("kernel", [1, 1, 1, 1], 1, 1, 2, 2);
        var weights = model.Floats("weights", [0.1f, -0.1f], 1, 2);
        var convolved = model.Node("Conv", [image, kernel], OnnxAttribute.Ints("strides", 2, 2));
        var pooled = model.Node("MaxPool", [model.Node("Relu", [convolved])], OnnxAttribute.Ints("kernel_shape", 2, 2));
        var flat = model.Node("Flatten", [pooled], OnnxAttribute.Int("axis", 1));
        var logits = model.Node("Gemm", [flat, weights]);
        model.Node("Softmax", [logits], ["probabilities"], OnnxAttribute.Int("axis", 1));
        model.Node("TopK", ["probabilities", model.Integers("one", [1], 1)], ["largest", "best"]);
        model.Output("probabilities", OnnxElementType.Float, "N", 2);
        model.Output("best", OnnxElementType.Int64, "N", 1);
        model.Metadata("made_by", "tests");
        return model.ToBytes();
    }
}
