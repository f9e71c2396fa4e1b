using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Client.Tests;

public sealed class BearerTokensTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public async Task A_replaced_token_is_sent_within_seconds_and_one_that_can_not_be_read_leaves_the_one_before_in_use()
    {
        var time = new FakeTimeProvider();
        await File.WriteAllTextAsync(_file, "one\n", TestContext.Current.CancellationToken);
        using var sent = new Recorder();
        using var invoker = new HttpMessageInvoker(new BearerTokens(_file, sent, time));
        await SendAsync(invoker);

        await File.WriteAllTextAsync(_file, "two\n", TestContext.Current.CancellationToken);
        await SendAsync(invoker);
        time.Advance(TimeSpan.FromSeconds(5));
        await SendAsync(invoker);

        File.Delete(_file);
        time.Advance(TimeSpan.FromSeconds(5));
        await SendAsync(invoker);

        sent.Headers.ShouldBe(["Bearer one", "Bearer one", "Bearer two", "Bearer two"]);
    }

    public void Dispose() => File.Delete(_file);

    private static async Task SendAsync(HttpMessageInvoker invoker)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://localhost");
        (await invoker.SendAsync(request, TestContext.Current.CancellationToken)).Dispose();
    }

    private sealed class Recorder : HttpMessageHandler
    {
        public List<string> Headers { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Headers.Add($"{request.Headers.Authorization}");
            return Task.FromResult(new HttpResponseMessage());
        }
    }
}
