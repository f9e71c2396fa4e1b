using AccuracyMonitor.Capture.OpenInference;
using AccuracyMonitor.OpenInference;
using CsCheck;
using Google.Protobuf;
using static AccuracyMonitor.Tests.ModelServers.SomeAnswer;

namespace AccuracyMonitor.Capture.Tests.OpenInference;

public sealed class ProtobufDecodingTests
{
    // 0.25, 0.75, 0.5, 0.5 in each format, worked out from its bit layout, little-endian.
    [Theory]
    [InlineData("FP16", "0034003A00380038")]
    [InlineData("BF16", "803E403F003F003F")]
    [InlineData("FP32", "0000803E0000403F0000003F0000003F")]
    [InlineData("FP64", "000000000000D03F000000000000E83F000000000000E03F000000000000E03F")]
    public void DecodeMessage_RawDatatype_ReadsItsValues(string datatype, string hex)
    {
        var capture = Decoder().DecodeMessage(Raw(datatype, Convert.FromHexString(hex), 2, 2).ToByteArray(), streamed: false);

        capture.CaptureFailure.ShouldBe(CaptureFailure.None);
        Floats(capture.Outputs).ShouldBe(TwoRows);
        (capture.Outputs!.Model, capture.Outputs.Version, capture.Outputs.Id, capture.Outputs.Rows, capture.Outputs.Classes).ShouldBe(("m", "3", "a", 2, 2));
    }

    [Fact]
    public void DecodeMessage_TypedContents_ReadsBothPrecisions()
    {
        var single = new ModelInferResponse { ModelName = "m", Outputs = { Typed("FP32", new InferTensorContents { Fp32Contents = { 0.25f, 0.75f } }) } };
        var wide = new ModelInferResponse { ModelName = "m", Outputs = { Typed("FP64", new InferTensorContents { Fp64Contents = { 0.25, 0.75 } }) } };

        Floats(Decoder().DecodeMessage(single.ToByteArray(), streamed: false).Outputs).ShouldBe([0.25f, 0.75f]);
        var outputs = Decoder().DecodeMessage(wide.ToByteArray(), streamed: false).Outputs;
        Floats(outputs).ShouldBe([0.25f, 0.75f]);
        outputs!.Version.ShouldBe("none");
    }

    [Fact]
    public void DecodeGrpc_AnyRows_RoundTripsBitByBit() =>
        (from classes in Gen.Int[2, 12]
         from rows in Gen.Int[1, 9]
         from values in Gen.Float[-50, 50].Array[rows * classes]
         from gzip in Gen.Bool

             // No row may happen to be a softmax vector, such as (1, 1e-43): logits of that form are refused, by design.
         select (classes, rows, values: values.Select((v, i) => i % classes == 0 ? -0.5f - Math.Abs(v) : v).ToArray(), gzip)).Sample(c =>
        {
            var framed = Frame(Fp32(c.values, c.rows, c.classes), c.gzip);
            var capture = Decoder("m=p,logits").DecodeGrpc(framed, c.gzip ? "gzip" : null, streamed: false).ShouldHaveSingleItem();
            capture.CaptureFailure.ShouldBe(CaptureFailure.None);
            capture.Outputs!.Form.ShouldBe(ValueForm.Logits);
            Floats(capture.Outputs).ShouldBe(c.values);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DecodeGrpc_StreamOfEitherKind_ReadsEveryMessage(bool nested)
    {
        var answer = Fp32(TwoRows, 2, 2);
        var frame = Frame(nested ? new ModelStreamInferResponse { InferResponse = answer } : answer);

        var captures = Decoder().DecodeGrpc((byte[])[.. frame, .. frame], null, streamed: true);

        captures.Count.ShouldBe(2);
        captures.ShouldAllBe(c => c.Outputs != null && c.Outputs.Rows == 2);
    }

    [Fact]
    public void DecodeGrpc_ErrorInStream_IsAFailedCall() =>
        Decoder().DecodeGrpc(Frame(new ModelStreamInferResponse { ErrorMessage = "no" }), null, streamed: true).ShouldHaveSingleItem()
            .CaptureFailure.ShouldBe(CaptureFailure.FailedCall);

    [Fact]
    public void DecodeGrpc_CutShort_KeepsWhatIsWhole()
    {
        var frame = Frame(Fp32(TwoRows, 2, 2));

        var captures = Decoder().DecodeGrpc((byte[])[.. frame, .. frame[..^1]], null, streamed: true);

        captures.Select(c => c.CaptureFailure).ShouldBe([CaptureFailure.None, CaptureFailure.Undecodable]);
    }

    [Fact]
    public void DecodeGrpc_UnpacksBeyondTheBound_IsTooLarge()
    {
        var capture = Decoder().DecodeGrpc(Frame(Fp32(new float[1 << 15], 1 << 14, 2), gzip: true), "gzip", streamed: false).ShouldHaveSingleItem();

        capture.CaptureFailure.ShouldBe(CaptureFailure.TooLarge);
    }

    /// <summary>RFC 1950, FDICT: the body is packed with a dictionary that only the sender has.</summary>
    [Fact]
    public void DecodeRest_ZlibWithADictionaryOfItsOwn_IsUndecodable() =>
        Decoder().DecodeRest((byte[])[0x78, 0x20, 1, 2, 3, 4, 5, 6], "deflate", null, "m").CaptureFailure.ShouldBe(CaptureFailure.Undecodable);

    [Fact]
    public void Decode_AnyBytes_NeverThrows() =>
        (from bytes in Gen.Byte.Array[0, 200]
         from encoding in Gen.Int[0, 3].Select(i => ((string?[])[null, "gzip", "deflate", "br"])[i])
         from streamed in Gen.Bool
         select (bytes, encoding, streamed)).Sample(c =>
        {
            var decoder = Decoder();
            decoder.DecodeGrpc(c.bytes, c.encoding, c.streamed).ShouldAllBe(a => a.Outputs == null || a.CaptureFailure == CaptureFailure.None);
            (decoder.DecodeRest(c.bytes, c.encoding, null, "m").Outputs is null).ShouldBeTrue();
        });

    [Fact]
    public void Decode_OneByteChanged_NeverThrows() =>
        (from at in Gen.Int[0, 1000] from value in Gen.Byte from streamed in Gen.Bool select (at, value, streamed)).Sample(c =>
        {
            var frame = Frame(Fp32(TwoRows, 2, 2));
            frame[c.at % frame.Length] = c.value;
            Decoder().DecodeGrpc(frame, null, c.streamed).ShouldNotBeEmpty();
        });

    private static ModelInferResponse.Types.InferOutputTensor Typed(string datatype, InferTensorContents contents) =>
        new() { Name = "p", Datatype = datatype, Shape = { 1, 2 }, Contents = contents };
}
