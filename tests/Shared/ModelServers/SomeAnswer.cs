using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using AccuracyMonitor.Capture.OpenInference;
using AccuracyMonitor.OpenInference;
using Google.Protobuf;

namespace AccuracyMonitor.Tests.ModelServers;

/// <summary>Answers as a model server writes them, and the decoder that reads them.</summary>
internal static class SomeAnswer
{
    public static readonly float[] TwoRows = [0.25f, 0.75f, 0.5f, 0.5f];

    public static OpenInferenceDecoder Decoder(params string[] rules) => new(new OutputRules(rules), "none", 1 << 16);

    public static ModelInferResponse Raw(string datatype, byte[] bytes, params long[] shape) => new()
    {
        ModelName = "m",
        ModelVersion = "3",
        Id = "a",
        Outputs = { new ModelInferResponse.Types.InferOutputTensor { Name = "p", Datatype = datatype, Shape = { shape } } },
        RawOutputContents = { ByteString.CopyFrom(bytes) },
    };

    public static ModelInferResponse Fp32(float[] values, params long[] shape) => Raw("FP32", MemoryMarshal.AsBytes<float>(values).ToArray(), shape);

    public static byte[] Frame(IMessage message, bool gzip = false)
    {
        var body = gzip ? Gzip(message.ToByteArray()) : message.ToByteArray();
        var frame = new byte[OpenInferenceDecoder.FramePrefix + body.Length];
        frame[0] = gzip ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), body.Length);
        body.CopyTo(frame, OpenInferenceDecoder.FramePrefix);
        return frame;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return target.ToArray();
    }

    public static float[] Floats(CapturedOutputs? outputs) =>
        MemoryMarshal.Cast<byte, float>((outputs ?? throw new InvalidOperationException("Nothing was captured.")).Values.Span).ToArray();
}
