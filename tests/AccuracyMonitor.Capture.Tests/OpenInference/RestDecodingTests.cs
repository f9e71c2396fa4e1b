using System.Runtime.InteropServices;
using System.Text;
using AccuracyMonitor.Capture.OpenInference;
using static AccuracyMonitor.Tests.ModelServers.SomeAnswer;

namespace AccuracyMonitor.Capture.Tests.OpenInference;

public sealed class RestDecodingTests
{
    private const string Binary =
        """{"model_name":"m","model_version":"3","outputs":[{"name":"p","datatype":"FP32","shape":[2,2],"parameters":{"binary_data_size":16}}]}""";

    [Theory]
    [InlineData("[0.25,0.75,0.5,0.5]")]
    [InlineData("[[0.25,0.75],[0.5,0.5]]")]
    public void DecodeRest_FlatOrNested_ReadsTheSame(string data)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"id":"a","outputs":[{"data":{{data}},"name":"p","shape":[2,2],"datatype":"FP32"}],"model_version":"3"}""");

        var plain = Decoder().DecodeRest(body, null, null, "path").Outputs;
        Floats(plain).ShouldBe(TwoRows);
        (plain!.Model, plain.Version, plain.Id).ShouldBe(("path", "3", "a"));
        Floats(Decoder().DecodeRest(Gzip(body), "gzip", null, "path").Outputs).ShouldBe(TwoRows);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DecodeRest_BinaryTensor_ReadsWithAndWithoutTheHeader(bool header)
    {
        var json = Encoding.UTF8.GetBytes(Binary);
        byte[] body = [.. json, .. MemoryMarshal.AsBytes<float>(TwoRows)];

        Floats(Decoder().DecodeRest(body, null, header ? json.Length : null, "").Outputs).ShouldBe(TwoRows);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(7)]
    [InlineData(10_000)]
    public void DecodeRest_HeaderThatDoesNotFit_IsUndecodable(long jsonLength) =>
        Decoder().DecodeRest((byte[])[.. Encoding.UTF8.GetBytes(Binary), .. MemoryMarshal.AsBytes<float>(TwoRows)], null, jsonLength, "")
            .CaptureFailure.ShouldBe(CaptureFailure.Undecodable);

    [Theory]
    [InlineData(15)]
    [InlineData(17)]
    public void DecodeRest_BlobOfAnotherSize_IsUndecodable(int bytes)
    {
        byte[] body = [.. Encoding.UTF8.GetBytes(Binary), .. Enumerable.Repeat((byte)1, bytes)];

        Decoder().DecodeRest(body, null, null, "").CaptureFailure.ShouldBe(CaptureFailure.Undecodable);
    }
}
