namespace AccuracyMonitor.Client.Tests;

public sealed class LabelRequestFeedTests
{
    private int _missed;

    [Fact]
    public async Task A_stream_has_what_came_after_it_was_opened_and_ends_when_the_feed_does()
    {
        var feed = new LabelRequestFeed(() => _missed++);
        feed.Publish(Request("before"));
        var first = feed.Open(8);
        feed.Publish(Request("a"));
        var second = feed.Open(8);
        feed.Publish(Request("b"));
        feed.Close();
        feed.Publish(Request("after"));

        (await IdsAsync(first)).ShouldBe(["a", "b"]);
        (await IdsAsync(second)).ShouldBe(["b"]);
        (await IdsAsync(feed.Open(8))).ShouldBeEmpty();
        _missed.ShouldBe(0);
    }

    [Fact]
    public async Task A_reader_that_falls_behind_loses_the_oldest_counted()
    {
        var feed = new LabelRequestFeed(() => _missed++);
        var stream = feed.Open(2);
        foreach (var id in (string[])["a", "b", "c", "d", "e"])
        {
            feed.Publish(Request(id));
        }

        feed.Close();

        (await IdsAsync(stream)).ShouldBe(["d", "e"]);
        _missed.ShouldBe(3);
    }

    [Fact]
    public async Task A_stream_no_longer_read_holds_nothing_any_more()
    {
        var feed = new LabelRequestFeed(() => _missed++);
        var stream = feed.Open(1);
        feed.Publish(Request("a"));
        await foreach (var _ in stream)
        {
            break;
        }

        feed.Publish(Request("b"));
        feed.Publish(Request("c"));
        _missed.ShouldBe(0, "nothing was pushed out, because nothing was held");
    }

    private static LabelRequestedEventArgs Request(string id) => new(id, 0.5f);

    private static async Task<List<string>> IdsAsync(IAsyncEnumerable<LabelRequestedEventArgs> stream)
    {
        List<string> ids = [];
        await foreach (var request in stream)
        {
            ids.Add(request.PredictionId);
        }

        return ids;
    }
}
