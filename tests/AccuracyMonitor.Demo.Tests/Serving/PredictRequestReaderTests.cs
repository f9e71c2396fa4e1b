using System.Buffers;
using System.Globalization;
using System.Text;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Serving;

namespace AccuracyMonitor.Demo.Tests.Serving;

public sealed class PredictRequestReaderTests
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, LabelledImages.PixelCount).Select(i => (byte)(i % 256))];
    private static readonly string Base64 = Convert.ToBase64String(Image);
    private static readonly string Numbers = string.Join(',', Image.Select(b => (b / 255f).ToString("R", CultureInfo.InvariantCulture)));

    [Fact]
    public void Base64_and_numbers_are_two_forms_of_the_same_image()
    {
        var request = Read($$"""{"ids":["a","b"],"instances":["{{Base64}}",[{{Numbers}}]],"probabilities":true}""");

        request.Count.ShouldBe(2);
        request.Ids.ShouldBe(["a", "b"]);
        request.WithProbabilities.ShouldBeTrue();
        request.Images.ShouldAllBe(image => image.SequenceEqual(Image));
        request.Values.Take(LabelledImages.PixelCount).ShouldBe(request.Values.Skip(LabelledImages.PixelCount));
        request.Values[255].ShouldBe(1f);
    }

    [Fact]
    public void Without_ids_new_ones_are_made()
    {
        var count = 0;

        PredictRequestReader.Read(new(Encoding.UTF8.GetBytes($$"""{"instances":["{{Base64}}"]}""")), () => $"new-{count++}").Ids.ShouldBe(["new-0"]);
    }

    [Fact]
    public void A_body_that_arrives_in_pieces_reads_the_same()
    {
        var body = Encoding.UTF8.GetBytes($$"""{"instances":["{{Base64}}",[{{Numbers}}]],"ids":["a","b"]}""");
        var first = new Piece(body.AsMemory(0, 1));
        var last = first;
        for (var start = 1; start < body.Length; start += 100)
        {
            last = last.Append(body.AsMemory(start, Math.Min(100, body.Length - start)));
        }

        var request = PredictRequestReader.Read(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length), () => "unused");

        request.Images.ShouldAllBe(image => image.SequenceEqual(Image));
    }

    [Theory]
    [InlineData("", "body")]
    [InlineData("[]", "body")]
    [InlineData("{", "body")]
    [InlineData("{}", "instances")]
    [InlineData("""{"instances":[]}""", "instances")]
    [InlineData("""{"instances":7}""", "instances")]
    [InlineData("""{"instances":[7]}""", "instances[0]")]
    [InlineData("""{"instances":["AAAA"]}""", "instances[0]")]
    [InlineData("""{"instances":["not base64"]}""", "instances[0]")]
    [InlineData("""{"instances":[[0.5,2]]}""", "instances[0]")]
    [InlineData("""{"instances":[[0.5]]}""", "instances[0]")]
    [InlineData("""{"instances":[["x"]]}""", "body")]
    [InlineData("""{"ids":[""],"instances":[]}""", "ids[0]")]
    [InlineData("""{"ids":[1],"instances":[]}""", "body")]
    [InlineData("""{"surprise":1}""", "surprise")]
    [InlineData("""{"probabilities":1}""", "body")]
    public void What_cannot_be_read_is_refused_by_field(string body, string field) =>
        Should.Throw<PredictRequestException>(() => Read(body)).Field.ShouldBe(field);

    [Fact]
    public void Counts_and_lengths_are_bounded()
    {
        var tooMany = string.Join(',', Enumerable.Repeat($"\"{Base64}\"", PredictRequest.MaxInstances + 1));
        var tooLong = new string('x', PredictRequest.MaxIdLength + 1);

        Should.Throw<PredictRequestException>(() => Read($$"""{"instances":[{{tooMany}}]}""")).Message.ShouldContain("512");
        Should.Throw<PredictRequestException>(() => Read($$"""{"ids":["{{tooLong}}"],"instances":["{{Base64}}"]}""")).Message.ShouldContain("128");
        Should.Throw<PredictRequestException>(() => Read($$"""{"ids":["a","b"],"instances":["{{Base64}}"]}""")).Message.ShouldContain("2 ids for 1");
        Should.Throw<PredictRequestException>(() => Read($$"""{"instances":[[{{Numbers}},0.5]]}""")).Message.ShouldContain("784");
    }

    private static PredictRequest Read(string body) => PredictRequestReader.Read(new(Encoding.UTF8.GetBytes(body)), () => "new");

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
