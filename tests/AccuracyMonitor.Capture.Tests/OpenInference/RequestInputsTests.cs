using System.IO.Compression;
using System.Text;
using AccuracyMonitor.Capture.OpenInference;
using AccuracyMonitor.OpenInference;
using Google.Protobuf;

namespace AccuracyMonitor.Capture.Tests.OpenInference;

public sealed class RequestInputsTests
{
    private const int MaxBytes = 1 << 20;

    public static TheoryData<string> Hostile =>
        ["numbers", "texts", "tensors", "packed", "empty elements", "protobuf inputs", "protobuf varints", "protobuf texts", "shape"];

    /// <summary>A body at the bound, of the smallest values that the protocol has. What is allocated bounds the peak.</summary>
    [Theory]
    [MemberData(nameof(Hostile))]
    public void Many_small_values_take_a_few_times_the_bound_at_most(string kind)
    {
        var body = Body(kind);
        RequestInputs.Read("""{"inputs":[{"data":[0]}]}"""u8.ToArray(), MaxBytes, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();

        RequestInputs.Read(body, MaxBytes, out var isTooLarge).ShouldBeNull();

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(8L * MaxBytes);
        isTooLarge.ShouldBeTrue();
    }

    [Fact]
    public void Nested_data_before_their_type_are_read()
    {
        var tensors = RequestInputs.Read(
            """{"inputs":[{"data":[[1,2],[3,4.5]],"shape":[2,2],"name":"x","datatype":"FP32"},{"name":"t","datatype":"BYTES","data":["a","b"]}]}"""u8.ToArray(),
            MaxBytes,
            out var isTooLarge);

        isTooLarge.ShouldBeFalse();
        tensors!.Count.ShouldBe(2);
        tensors[0].Row(1, 2)!.Numbers.ToArray().ShouldBe([.. BitConverter.GetBytes(3f), .. BitConverter.GetBytes(4.5f)]);
        tensors[1].Elements!.Select(static e => Encoding.UTF8.GetString(e.Span)).ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Binary_tensors_lie_behind_the_text_in_the_order_of_the_inputs()
    {
        byte[] body =
        [
            .. """{"inputs":[{"name":"x","datatype":"UINT8","shape":[1,2],"parameters":{"binary_data_size":2}},"""u8,
            .. """{"name":"y","datatype":"INT8","shape":[1,1],"parameters":{"binary_data_size":1}}]}"""u8, 7, 8, 9,
        ];

        var tensors = RequestInputs.Read(body, MaxBytes, out _)!;

        tensors[0].Numbers.ToArray().ShouldBe([7, 8]);
        tensors[1].Numbers.ToArray().ShouldBe([9]);
        RequestInputs.Read(body.AsMemory(..^1), MaxBytes, out _).ShouldBeNull("the last tensor is cut off");
    }

    [Fact]
    public void Typed_contents_of_protobuf_are_read()
    {
        var request = new ModelInferRequest { ModelName = "m" };
        request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor
        {
            Name = "x",
            Datatype = "UINT8",
            Shape = { 1, 3 },
            Contents = new InferTensorContents { UintContents = { 1, 200, 255 } },
        });

        RequestInputs.Read(request.ToByteArray(), MaxBytes, out _)![0].Numbers.ToArray().ShouldBe([1, 200, 255]);
    }

    private static byte[] Body(string kind) => kind switch
    {
        "numbers" => Json("""{"inputs":[{"datatype":"FP32","data":[""", "0,", "0]}]}"),
        "texts" => Json("""{"inputs":[{"datatype":"BYTES","data":[""", "\"\",", "\"\"]}]}"),
        "tensors" => Json("""{"inputs":[""", "{},", "{}]}"),
        "shape" => Json("""{"inputs":[{"shape":[""", "1,", "1]}]}"),
        "packed" => Packed(Json("""{"inputs":[{"datatype":"FP32","data":[""", "0,", "0]}]}")),
        "empty elements" => Raw(),
        "protobuf inputs" => [.. Enumerable.Repeat<byte[]>([5 << 3 | 2, 0], (MaxBytes - 100) / 2).SelectMany(static p => p)],
        "protobuf varints" => Contents(new InferTensorContents { Int64Contents = { new long[MaxBytes - 100] } }, "INT64"),
        _ => Contents(new InferTensorContents { BytesContents = { Enumerable.Repeat(ByteString.Empty, (MaxBytes - 100) / 2) } }, "BYTES"),
    };

    private static byte[] Json(string start, string value, string end) =>
        Encoding.UTF8.GetBytes(new StringBuilder(start).Insert(start.Length, value, (MaxBytes - 100) / value.Length).Append(end).ToString());

    private static byte[] Packed(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body);
        }

        return packed.ToArray();
    }

    private static byte[] Raw()
    {
        var request = new ModelInferRequest { RawInputContents = { ByteString.CopyFrom(new byte[MaxBytes - 100]) } };
        request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Datatype = "BYTES" });
        return request.ToByteArray();
    }

    private static byte[] Contents(InferTensorContents contents, string datatype)
    {
        var request = new ModelInferRequest();
        request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Datatype = datatype, Contents = contents });
        return request.ToByteArray();
    }
}
