using System.Text;
using AccuracyMonitor.Capture.Sinks;
using AccuracyMonitor.Capture.Sinks.Truth;

namespace AccuracyMonitor.Capture.Tests.Sinks;

public sealed class TruthReaderTests
{
    [Fact]
    public void Items_are_read_whatever_the_order_of_the_fields()
    {
        var reader = Read(
            """{"items":[{"class":3,"id":"a"},{"id":"漢字 😀","class":"Boot","time":"2026-03-01T12:00:00.123456789+02:00"}],"""
                + """ "x":[{}],"version":"2","model":"m"}""");

        reader.Problems.ShouldBeEmpty();
        var (first, second) = (reader.Truths[0], reader.Truths[1]);
        (first.Model, first.Version, first.PredictionId, first.ClassNumber, first.Source).ShouldBe(("m", "2", "a", 3u, "s"));
        (second.PredictionId, second.ClassNumber, second.ClassName).ShouldBe(("漢字 😀", null, "Boot"));
        second.Known!.Value.UtcDateTime.ShouldBe(new DateTime(2026, 3, 1, 10, 0, 0, DateTimeKind.Utc), TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("7", "data.items[1] is 7; it must be an object.")]
    [InlineData("[]", "data.items[1] is an array; it must be an object.")]
    [InlineData("{}", "data.items[1].id is missing.")]
    [InlineData("""{"id":"b"}""", "data.items[1].class is missing.")]
    [InlineData("""{"id":5,"class":1}""", "data.items[1].id is 5; it must be a text.")]
    [InlineData("""{"id":{"a":[1]},"class":1}""", "data.items[1].id is an object; it must be a text.")]
    [InlineData("""{"id":"","class":1}""", "data.items[1].id has 0 characters; it must have 1 to 257.")]
    [InlineData("""{"id":"b","class":-1}""", "data.items[1].class is -1; it must be a class number from 0, or a class name.")]
    [InlineData("""{"id":"b","class":1.5}""", "data.items[1].class is 1.5; it must be a class number from 0, or a class name.")]
    [InlineData("""{"id":"b","class":99999999999}""", "data.items[1].class is 99999999999; it must be a class number from 0, or a class name.")]
    [InlineData("""{"id":"b","class":null}""", "data.items[1].class is null; it must be a class number from 0, or a class name.")]
    [InlineData("""{"id":"b","class":1,"time":"2026-03-01T12:00:00"}""", "data.items[1].time is '2026-03-01T12:00:00'; it must be a time as in RFC 3339")]
    [InlineData("""{"id":"b","class":1,"time":"soon-ish, Z"}""", "data.items[1].time is 'soon-ish, Z'; it must be a time as in RFC 3339")]
    [InlineData("""{"id":"b","class":1,"time":1764500000}""", "data.items[1].time is 1764500000; it must be a text.")]
    [InlineData("""{"id":"\ud800","class":1}""", "data.items[1] has a text that is not UTF-8.")]
    public void A_bad_item_is_named_and_takes_no_other_along(string item, string problem)
    {
        var reader = Read($$"""{"model":"m","version":"1","items":[{"id":"a","class":0},{{item}},{"id":"c","class":0}]}""");

        reader.Truths.Select(static t => t.PredictionId).ShouldBe(["a", "c"]);
        reader.Invalid.ShouldBe(1);
        reader.Problems.Single().ShouldStartWith($"Event 'e': {problem}");
    }

    [Theory]
    [InlineData("""{"version":"1","items":[{"id":"a","class":0}]}""", "data.model is missing.")]
    [InlineData("""{"model":"m","items":[]}""", "data.version is missing.")]
    [InlineData("""{"model":"m","version":"1"}""", "data.items is missing.")]
    [InlineData("""{"model":7,"version":"1","items":[]}""", "data.model is 7; it must be a text.")]
    [InlineData("""{"model":"m","version":"1","items":{}}""", "data.items is an object; it must be one array.")]
    [InlineData("""{"model":"m","version":"1","items":[],"items":[]}""", "data.items is an array; it must be one array.")]
    [InlineData("""{"model":"m","version":"1","items":[{"id":"a","class":0}""", "data can't be read as JSON: ")]
    [InlineData("[]", "data can't be read as JSON: ")]
    [InlineData("", "data can't be read as JSON: ")]
    public void Nothing_of_a_bad_event_is_taken(string data, string problem)
    {
        var reader = Read(data);

        reader.Truths.ShouldBeEmpty();
        reader.Problems.Single().ShouldStartWith($"Event 'e': {problem}");
    }

    [Fact]
    public void Long_texts_are_refused_before_they_are_made()
    {
        var (id, name) = (new string('x', 258), new string('x', 5_000_000));
        var reader = Read($$"""{"model":"m","version":"1","items":[{"id":"{{id}}","class":0},{"id":"a","class":"{{name}}"}]}""");

        reader.Problems.ShouldBe(
        [
            "Event 'e': data.items[0].id has 258 characters; it must have 1 to 257.",
            "Event 'e': data.items[1].class has 5000000 bytes; it must have 1 to 100 characters.",
        ]);
    }

    [Fact]
    public void More_items_than_one_POST_may_have_are_not_read()
    {
        var items = string.Join(',', Enumerable.Repeat("""{"id":"a","class":0}""", TruthReader.MaxTruths));

        Read($$"""{"model":"m","version":"1","items":[{{items}}]}""").IsTooLarge.ShouldBeFalse();
        Read($$"""{"model":"m","version":"1","items":[{{items}},1]}""").IsTooLarge.ShouldBeTrue();
        Read($$"""{"model":"m","version":"1","items":[{{string.Join(',', Enumerable.Repeat("0", 20_000))}}]}""").IsTooLarge.ShouldBeTrue();
    }

    [Fact]
    public void Of_many_problems_the_first_are_told()
    {
        var reader = Read($$"""{"model":"m","version":"1","items":[{{string.Join(',', Enumerable.Repeat("0", 5000))}}]}""");

        (reader.Problems.Count, reader.Invalid).ShouldBe((100, 5000));
    }

    private static TruthReader Read(string data)
    {
        var attributes = new EventAttributes();
        attributes.Set("id", "e");
        attributes.Set("source", "s");
        attributes.Set("type", TruthReader.EventType);
        var reader = new TruthReader(caller: null, static _ => false);
        reader.Add(attributes, Encoding.UTF8.GetBytes(data));
        return reader;
    }
}
