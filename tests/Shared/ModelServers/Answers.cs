using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AccuracyMonitor.OpenInference;
using Google.Protobuf;

namespace AccuracyMonitor.Tests.ModelServers;

/// <summary>Bodies as model servers answer them: two rows of three classes.</summary>
internal static class Answers
{
    public static readonly float[] Rows = [0.7f, 0.2f, 0.1f, 0.25f, 0.5f, 0.25f];

    public static byte[] Rest(string? model = "m", string? version = "1", float[]? rows = null) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        model_name = model,
        model_version = version,
        id = "from-the-server",
        outputs = new[] { new { name = "probabilities", shape = new[] { (rows ?? Rows).Length / 3, 3 }, datatype = "FP32", data = rows ?? Rows } },
    });

    /// <summary>The tensor behind the JSON; the header that says where it starts is not logged.</summary>
    public static byte[] RestBinary() =>
    [
        .. Encoding.UTF8.GetBytes(
            """{"model_name":"m","model_version":"1","outputs":[{"name":"p","shape":[2,3],"datatype":"FP32","parameters":{"binary_data_size":24}}]}"""),
        .. MemoryMarshal.AsBytes(Rows.AsSpan()),
    ];

    public static byte[] Protobuf(string model = "m", string version = "1") => new ModelInferResponse
    {
        ModelName = model,
        ModelVersion = version,
        Outputs = { new ModelInferResponse.Types.InferOutputTensor { Name = "p", Datatype = "FP32", Shape = { 2, 3 } } },
        RawOutputContents = { ByteString.CopyFrom(MemoryMarshal.AsBytes(Rows.AsSpan())) },
    }.ToByteArray();

    public static byte[] Request(string model, string version) => new ModelInferRequest
    {
        ModelName = model,
        ModelVersion = version,
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = "FP32", Shape = { 2, 1 } } },
        RawInputContents = { ByteString.CopyFrom(new byte[8]) },
    }.ToByteArray();

    public static byte[] Frame(byte[] message, byte flag = 0)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
