using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Wire;

public sealed class PagingTests
{
    private const int Versions = 12;
    private const int Segments = 32;
    private const int Windows = 3;
    private const int Estimates = Versions * (Segments + 1) * Windows;

    [Fact]
    public async Task Every_estimate_is_on_one_page_and_a_watcher_gets_all_of_a_refresh_in_bounded_messages()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync();
        for (var version = 0; version < Versions; version++)
        {
            for (var segment = 0; segment < Segments; segment++)
            {
                var batch = Batches.Of(Batches.Softmax(1, 4, seed: 1), version: $"{version}", segment: $"s{segment}");
                await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: cancel);
            }
        }

        await Eventually.TrueAsync(async () => (await PagesAsync(sidecar, size: 0)).Sum(p => p.Estimates.Count) == Estimates, "all estimates");
        var pages = await PagesAsync(sidecar, size: 500);
        pages.Select(p => p.Estimates.Count).ShouldBe([500, 500, Estimates - 1000]);
        pages.SelectMany(p => p.Estimates).Select(e => (e.Version, e.Segment, e.Window)).Distinct().Count().ShouldBe(Estimates);

        using var watching = sidecar.Estimates.WatchEstimates(new WatchEstimatesRequest(), cancellationToken: cancel);
        List<int> counts = [];
        do
        {
            (await watching.ResponseStream.MoveNext(cancel)).ShouldBeTrue();
            counts.Add(watching.ResponseStream.Current.Estimates.Count);
        }
        while (watching.ResponseStream.Current.More);

        counts.ShouldBe([Paging.MaxSize, Estimates - Paging.MaxSize]);
    }

    [Fact]
    public async Task A_page_that_is_too_large_or_begins_nowhere_is_refused_with_the_bound()
    {
        await using var sidecar = await TestSidecar.StartAsync();

        var size = await Should.ThrowAsync<RpcException>(async () => await sidecar.Estimates.ListEstimatesAsync(new ListEstimatesRequest { PageSize = 1001 }));
        (size.StatusCode, size.Status.Detail).ShouldBe((StatusCode.InvalidArgument, "page_size is 1001; it must be at most 1000 (0: 1000)."));

        var token = await Should.ThrowAsync<RpcException>(async () => await sidecar.Monitors.ListMonitorsAsync(new ListMonitorsRequest { PageToken = "!" }));
        token.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        token.Status.Detail.ShouldStartWith("page_token is none that a page ended with");
    }

    [Fact]
    public void A_list_by_name_goes_on_though_the_last_item_of_the_page_before_is_gone()
    {
        var (first, token) = Paging.PageByName(["a", "b", "c", "d"], n => n, 2, "");
        first.ShouldBe(["a", "b"]);

        Paging.PageByName(["a", "c", "d"], n => n, 2, token).ShouldSatisfyAllConditions(p => p.Items.ShouldBe(["c", "d"]), p => p.Next.ShouldBeEmpty());
        Should.Throw<RpcException>(() => Paging.Page(["a", "c", "d"], n => n, 2, token)).Status.Detail.ShouldContain("names an item that is gone");
    }

    private static async Task<List<ListEstimatesResponse>> PagesAsync(TestSidecar sidecar, uint size)
    {
        List<ListEstimatesResponse> pages = [];
        do
        {
            pages.Add(await sidecar.Estimates.ListEstimatesAsync(
                new ListEstimatesRequest { PageSize = size, PageToken = pages.Count == 0 ? "" : pages[^1].NextPageToken }));
        }
        while (pages[^1].NextPageToken.Length > 0);

        return pages;
    }
}
