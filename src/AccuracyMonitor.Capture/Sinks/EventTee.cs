using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Capture.Sinks;

/// <summary>
/// Passes events on to another sink, with their bytes and headers and a mark, so that sinks which lead to each other do not pass an event
/// on for ever. It may lag or lose: what it can't take at once is dropped and counted, and nothing waits for it.
/// </summary>
internal sealed class EventTee : BackgroundService
{
    /// <summary>On every event that a tee sends.</summary>
    public const string HopHeader = "accuracy-monitor-tee";

    /// <summary>Headers of one connection (RFC 9110, 7.6.1), those made anew with the body, and the sender's credentials, which are for this sink.</summary>
    private static readonly HashSet<string> NotPassedOn = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding",
        "Upgrade", "Expect", "Content-Length", "Authorization", "Cookie",
    };

    private readonly SinkOptions _options;
    private readonly ICaptureMetrics _metrics;
    private readonly Channel<Item> _channel;
    private readonly HttpClient _http;

    public EventTee(IOptions<SinkOptions> options, ICaptureMetrics metrics)
    {
        (_options, _metrics) = (options.Value, metrics);
        _channel = Channel.CreateBounded<Item>(_options.TeeQueuedEvents);

        // One client for all: KServe's own logger makes one for each event and spends a third of its time on connections (its issue 6147).
        _http = new HttpClient(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = _options.TeeConcurrency,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            AllowAutoRedirect = false,
            UseCookies = false,

            // The sender's trace headers are passed on; none of ours are added.
            ActivityHeadersPropagator = null,
        })
        {
            Timeout = _options.TeeTimeout,
        };
    }

    private bool IsOn => _options.TeeUrl.Length > 0;

    /// <returns>Null if the event must not be passed on: there is no further sink, or a tee has passed it on before.</returns>
    public TeedPost? Of(HttpRequest request)
    {
        if (!IsOn)
        {
            return null;
        }

        if (request.Headers.ContainsKey(HopHeader))
        {
            _metrics.SinkTee("dropped", 1);
            return null;
        }

        var headers = request.Headers.Where(h => !NotPassedOn.Contains(h.Key)).Select(h => (h.Key, h.Value.ToArray()));
        return new TeedPost(Target(request), [.. headers, (HopHeader, ["1"])]);
    }

    /// <summary>Returns at once.</summary>
    /// <param name="post">Null: nothing is to be passed on.</param>
    /// <param name="body">Of the post; held by the caller.</param>
    public void Offer(TeedPost? post, PooledBody body)
    {
        if (post is null)
        {
            return;
        }

        body.Share();
        if (!_channel.Writer.TryWrite(new Item(post, body)))
        {
            body.Release();
            _metrics.SinkTee("dropped", 1);
        }
    }

    /// <summary>An event whose body was not kept.</summary>
    public void Missed()
    {
        if (IsOn)
        {
            _metrics.SinkTee("dropped", 1);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _channel.Writer.TryComplete();
        if (ExecuteTask is { } running)
        {
            await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        IsOn ? Task.WhenAll(Enumerable.Range(0, _options.TeeConcurrency).Select(_ => Task.Run(() => SendAllAsync(stoppingToken), CancellationToken.None)))
            : Task.CompletedTask;

    private async Task SendAllAsync(CancellationToken stop)
    {
        await foreach (var item in _channel.Reader.ReadAllAsync(CancellationToken.None))
        {
            var sent = !stop.IsCancellationRequested && await TrySendAsync(item, stop);
            item.Body.Release();
            _metrics.SinkTee(sent ? "sent" : "failed", 1);
        }
    }

    private async Task<bool> TrySendAsync(Item item, CancellationToken stop)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, item.Post.Target) { Content = new ReadOnlyMemoryContent(item.Body.Memory) };
            foreach (var (name, values) in item.Post.Headers)
            {
                if (!request.Headers.TryAddWithoutValidation(name, values))
                {
                    request.Content.Headers.TryAddWithoutValidation(name, values);
                }
            }

            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return false;
        }
    }

    /// <summary>A sink with a path of its own, such as a broker, is posted to there; ModelMesh's path goes behind it.</summary>
    private Uri Target(HttpRequest request) => new(
        (request.Path.Value is null or "/" ? _options.TeeUrl : _options.TeeUrl.TrimEnd('/') + request.Path.ToUriComponent())
            + request.QueryString.ToUriComponent());

    private sealed record Item(TeedPost Post, PooledBody Body);
}

/// <summary>A post as it is passed on, without its body.</summary>
internal sealed record TeedPost(Uri Target, IReadOnlyList<(string Name, string?[] Values)> Headers)
{
    /// <summary>What a string and its place in a list take besides its characters.</summary>
    private const int Overhead = 50;

    /// <summary>What it takes of memory, about.</summary>
    public long Bytes => Of(Target.OriginalString) + Headers.Sum(h => Of(h.Name) + h.Values.Sum(Of));

    private static long Of(string? text) => Overhead + (sizeof(char) * (long)(text?.Length ?? 0));
}
