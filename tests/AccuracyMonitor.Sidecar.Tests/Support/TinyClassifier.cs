using AccuracyMonitor.Scoring.Onnx;

namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>Four numbers in (<c>x</c>), three classes out: as logits, as softmax in three precisions, and the class alone.</summary>
internal static class TinyClassifier
{
    private const OnnxElementType Half = (OnnxElementType)10;
    private const OnnxElementType Double = (OnnxElementType)11;

    public static byte[] Onnx()
    {
        var model = new OnnxModelBuilder("tiny");
        var x = model.Input("x", OnnxElementType.Float, "N", 4);
        var weights = model.Floats("weights", [1, 0, -1, 0.5f, 0.25f, -0.5f, -1, 1, 0, 0, -0.5f, 2], 4, 3);
        model.Node("Gemm", [x, weights], ["logits"]);
        model.Node("Softmax", ["logits"], ["softmax"], OnnxAttribute.Int("axis", 1));
        model.Node("Cast", ["softmax"], ["half"], OnnxAttribute.Int("to", (long)Half));
        model.Node("Cast", ["softmax"], ["double"], OnnxAttribute.Int("to", (long)Double));
        model.Node("ArgMax", ["softmax"], ["class"], OnnxAttribute.Int("axis", 1));
        model.Output("logits", OnnxElementType.Float, "N", 3);
        model.Output("softmax", OnnxElementType.Float, "N", 3);
        model.Output("half", Half, "N", 3);
        model.Output("double", Double, "N", 3);
        model.Output("class", OnnxElementType.Int64, "N", 1);
        return model.ToBytes();
    }
}
