using System.Text;
using AccuracyMonitor.Capture.OpenInference;
using AccuracyMonitor.OpenInference;
using Google.Protobuf;
using static AccuracyMonitor.Tests.ModelServers.SomeAnswer;

namespace AccuracyMonitor.Capture.Tests.OpenInference;

public sealed class CaptureFailureTests
{
    [Fact]
    public void DecodeMessage_SharedMemory_SaysSo()
    {
        var answer = Fp32([], 1, 2);
        answer.RawOutputContents.Clear();
        answer.Outputs[0].Parameters["shared_memory_region"] = new InferParameter { StringParam = "r" };

        Spot(answer).ShouldBe(CaptureFailure.SharedMemory);
    }

    [Fact]
    public void DecodeMessage_ClassificationText_SaysSo() =>
        Spot(Raw("BYTES", [7, 0, 0, 0, .. Encoding.UTF8.GetBytes("0.9:3:x")], 1, 1)).ShouldBe(CaptureFailure.Classification);

    [Fact]
    public void DecodeMessage_OtherDatatype_SaysSo() => Spot(Raw("BOOL", new byte[2], 1, 2)).ShouldBe(CaptureFailure.UnsupportedDatatype);

    [Fact]
    public void DecodeMessage_ShapeBeyondTheData_SaysSo() => Spot(Fp32(TwoRows, 3, 2)).ShouldBe(CaptureFailure.BadShape);

    [Fact]
    public void DecodeMessage_OneDimension_MayBeAColumn()
    {
        var answer = Fp32([0.25f, 0.75f], 2);

        Spot(answer).ShouldBe(CaptureFailure.SingleColumn);
        Spot(answer, "m=p").ShouldBe(CaptureFailure.BadShape);
    }

    [Fact]
    public void DecodeMessage_TwoCandidates_AsksForAName()
    {
        var answer = Fp32(TwoRows, 2, 2);
        answer.Outputs.Add(new ModelInferResponse.Types.InferOutputTensor { Name = "q", Datatype = "FP32", Shape = { 2, 2 } });
        answer.RawOutputContents.Add(answer.RawOutputContents[0]);

        Spot(answer).ShouldBe(CaptureFailure.AmbiguousOutput);
        Spot(answer, "m=q").ShouldBe(CaptureFailure.None);
        Spot(answer, "*=other").ShouldBe(CaptureFailure.OutputMissing);
    }

    [Fact]
    public void DecodeMessage_OtherFormThanDeclared_SaysSo()
    {
        Spot(Fp32([3, -2], 1, 2)).ShouldBe(CaptureFailure.FormMismatch);
        Spot(Fp32(TwoRows, 2, 2), "m=p,logits").ShouldBe(CaptureFailure.FormMismatch);
    }

    [Fact]
    public void DecodeMessage_NoModelOrNoOutput_SaysWhich()
    {
        Spot(new ModelInferResponse()).ShouldBe(CaptureFailure.ModelMissing);
        Spot(new ModelInferResponse { ModelName = "m" }).ShouldBe(CaptureFailure.EmptyAnswer);
    }

    [Fact]
    public void DecodeGrpc_NoMessage_IsAFailedCall() =>
        Decoder().DecodeGrpc(default, null, streamed: false).ShouldHaveSingleItem().CaptureFailure.ShouldBe(CaptureFailure.FailedCall);

    [Fact]
    public void DecodeRest_UnknownEncoding_SaysSo() =>
        Decoder().DecodeRest("{}"u8.ToArray(), "br", null, "m").CaptureFailure.ShouldBe(CaptureFailure.UnsupportedEncoding);

    private static CaptureFailure Spot(ModelInferResponse answer, params string[] rules) =>
        Decoder(rules).DecodeMessage(answer.ToByteArray(), streamed: false).CaptureFailure;
}
