using System.Text;
using AccuracyMonitor.Capture.OpenInference;
using static AccuracyMonitor.Tests.ModelServers.SomeAnswer;

namespace AccuracyMonitor.Capture.Tests.OpenInference;

/// <summary>Answers that model servers do give, and that are not as the protocol has them.</summary>
public sealed class OddAnswerTests
{
    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("\"NaN\"")]
    [InlineData("\"-Infinity\"")]
    [InlineData("null")]
    public void DecodeRest_ValueThatIsNoNumber_IsNaNAndItsNeighboursAreRead(string value)
    {
        var read = Rest($$"""{"id":"NaN, \"Infinity","outputs":[{"name":"p","shape":[2,2],"datatype":"FP32","data":[[{{value}},0.5],[0.25,0.75]]}]}""");

        read.Outputs!.Id.ShouldBe("NaN, \"Infinity");
        Floats(read.Outputs).ShouldBe([float.NaN, 0.5f, 0.25f, 0.75f]);
    }

    [Fact]
    public void DecodeRest_NaNBeforeABlob_LeavesTheBlobAsItIs()
    {
        var json = """{"outputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[NaN]},"""
            + """{"name":"p","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}""";
        byte[] blob = [.. "NaN!"u8, 0, 0, 0, 0x3f];

        var read = Decoder("m=p").DecodeRest((byte[])[.. Encoding.UTF8.GetBytes(json), .. blob], null, null, "m");

        read.CaptureFailure.ShouldNotBe(CaptureFailure.Undecodable);
    }

    [Theory]
    [InlineData("""{"error":"no such model"}""", "failed_call")]
    [InlineData("""{"error":{"code":3}}""", "failed_call")]
    [InlineData("""{"other":1}""", "undecodable")]
    [InlineData("""{"outputs":[{"name":"p","shape":[0,3],"datatype":"FP32","data":[]}]}""", "empty_answer")]
    [InlineData("""{"outputs":[{"name":"p","shape":[2,1],"datatype":"FP32","data":[0.5,0.25]}]}""", "single_column")]
    [InlineData("""{"outputs":[{"name":"p","shape":[2],"datatype":"FP32","data":[0.5,0.25]}]}""", "single_column")]
    [InlineData("""{"outputs":[{"name":"a","shape":[1,1],"datatype":"FP32","data":[0.5]},{"name":"b","shape":[1,1],"datatype":"FP32","data":[0.5]}]}""",
        "output_per_class")]
    [InlineData("""{"outputs":[{"name":"label","shape":[2],"datatype":"INT64","data":[3,1]}]}""", "class_only")]
    [InlineData("""{"outputs":[{"name":"label","shape":[2,2],"datatype":"INT32","data":[3,1,0,0]}]}""", "class_only")]
    [InlineData("""{"outputs":[{"name":"p","shape":[1,2],"datatype":"BOOL","data":[true,false]}]}""", "unsupported_datatype")]
    [InlineData("""{"outputs":[{"name":"p","shape":[1,2,3],"datatype":"FP32","data":[0,0,0,0,0,0]}]}""", "bad_shape")]
    public void DecodeRest_AnswerWithoutAVector_SaysWhatItIs(string json, string reason) => Rest(json).CaptureFailure.Reason().ShouldBe(reason);

    [Theory]
    [InlineData("[0,3]", "empty_answer")]
    [InlineData("[2]", "bad_shape")]
    public void DecodeRest_NamedOutput_SaysWhatItIs(string shape, string reason)
    {
        var data = shape == "[0,3]" ? "[]" : "[0.2,0.8]";
        var json = $$"""{"outputs":[{"name":"p","shape":{{shape}},"datatype":"FP32","data":{{data}}}]}""";

        Rest(json, "m=p").CaptureFailure.Reason().ShouldBe(reason);
    }

    /// <summary>[2] may be two rows of a sigmoid: only the model's metadata can say that it is one row.</summary>
    [Fact]
    public void Choose_OneDimension_IsOneRowWhereTheMetadataSaysSo()
    {
        var answer = new InferenceAnswer("m", "1", "", [Floating("p", [2], [0.25f, 0.75f])]);
        var declared = DeclaredOutput.Of([Floating("p", [2], []), Floating("embedding", [-1, 8], [])]);

        Decoder("m=p").Choose(answer, declared).Outputs!.Rows.ShouldBe(1);
        Decoder("m=p").Choose(answer, DeclaredOutput.Of([Floating("p", [-1], [])])).CaptureFailure.ShouldBe(CaptureFailure.BadShape);
    }

    [Theory]
    [InlineData("[2]")]
    [InlineData("[2,1]")]
    [InlineData("[2,1,1]")]
    public void DecodeRest_SigmoidRule_MakesTwoClasses(string shape)
    {
        var json = $$"""{"outputs":[{"name":"p","shape":{{shape}},"datatype":"FP32","data":[0.25,1.0]}]}""";

        var outputs = Rest(json, "m=p,sigmoid").Outputs!;

        (outputs.Rows, outputs.Classes, outputs.Form).ShouldBe((2, 2, ValueForm.Probabilities));
        Floats(outputs).ShouldBe([0.75f, 0.25f, 0, 1]);
    }

    [Fact]
    public void DecodeRest_SigmoidRuleOnLogits_IsAFormMismatch() =>
        Rest("""{"outputs":[{"name":"p","shape":[2],"datatype":"FP32","data":[3.5,-2]}]}""", "m=p,sigmoid")
            .CaptureFailure.ShouldBe(CaptureFailure.FormMismatch);

    [Fact]
    public void DecodeRest_SigmoidRuleOnTwoColumns_IsABadShape() =>
        Rest("""{"outputs":[{"name":"p","shape":[1,2],"datatype":"FP32","data":[0.5,0.5]}]}""", "m=p,sigmoid").CaptureFailure.ShouldBe(CaptureFailure.BadShape);

    [Theory]
    [InlineData("1", "1")]
    [InlineData("\"1\"", "1")]
    [InlineData("20240101", "20240101")]
    [InlineData("1.5", "1.5")]
    [InlineData("null", "none")]
    public void DecodeRest_VersionThatIsANumber_IsRead(string version, string read) =>
        Rest($$"""{"model_version":{{version}},"id":7,"outputs":[{"name":"p","shape":[1,2],"datatype":"FP32","data":[0.5,0.5]}]}""")
            .Outputs!.Version.ShouldBe(read);

    [Fact]
    public void DecodeRest_PackedWithoutAHeader_IsReadByItsMagicNumber()
    {
        var json = Encoding.UTF8.GetBytes("""{"outputs":[{"name":"p","shape":[1,2],"datatype":"FP32","data":[0.5,0.5]}]}""");

        Floats(Decoder().DecodeRest(Gzip(json), encoding: null, null, "m").Outputs).ShouldBe([0.5f, 0.5f]);
        Floats(Decoder().DecodeRest(Gzip(json), "identity", null, "m").Outputs).ShouldBe([0.5f, 0.5f]);
    }

    [Fact]
    public void DecodeGrpc_PackedMessageWithoutAHeader_IsReadByItsMagicNumber() =>
        Floats(Decoder().DecodeGrpc(Frame(Fp32(TwoRows, 2, 2), gzip: true), encoding: null, streamed: false)[0].Outputs).ShouldBe(TwoRows);

    [Theory]
    [InlineData("""{"predictions":[[0.25,0.75],[0.5,0.5]]}""")]
    [InlineData("""{"predictions":[{"label":1,"scores":[0.25,0.75]},{"label":0,"scores":[0.5,0.5]}]}""")]
    public void DecodeRest_KServeV1_IsRead(string json)
    {
        Floats(Rest(json).Outputs).ShouldBe(TwoRows);
        Rest(json).Outputs!.Model.ShouldBe("m");
    }

    [Theory]
    [InlineData("""{"predictions":[]}""", "empty_answer")]
    [InlineData("""{"predictions":[1,0]}""", "single_column")]
    [InlineData("""{"predictions":["cat"]}""", "unsupported_datatype")]
    [InlineData("""{"predictions":[[0.5,0.5],[1.0]]}""", "bad_shape")]
    [InlineData("""{"predictions":7}""", "undecodable")]
    public void DecodeRest_KServeV1WithoutVectors_SaysWhatItIs(string json, string reason) => Rest(json).CaptureFailure.Reason().ShouldBe(reason);

    private static CaptureResult Rest(string json, params string[] rules) => Decoder(rules).DecodeRest(Encoding.UTF8.GetBytes(json), null, null, "m");

    private static OutputTensor Floating(string name, long[] shape, float[] values) => new() { Name = name, Datatype = "FP32", Shape = shape, Floats = values };
}
