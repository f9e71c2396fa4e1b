using System.Net;
using AccuracyMonitor.Capture.Sinks;
using AccuracyMonitor.Hosting.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Capture.Tests.Sinks;

public sealed class SinkEndpointTests : IDisposable
{
    private const int HeaderLength = 20_000;

    private readonly CountedCapture _metrics = new();
    private readonly SinkQueue _queue;
    private readonly EventTee _tee;
    private readonly SinkEndpoint _endpoint;

    public SinkEndpointTests()
    {
        var options = Options.Create(new SinkOptions { TeeUrl = "http://127.0.0.1:9/", MaxQueuedBytes = 100_000 });
        _queue = new SinkQueue(options);
        _tee = new EventTee(options, _metrics);
        _endpoint = new SinkEndpoint(_queue, _tee, options, _metrics, TimeProvider.System);
    }

    public void Dispose() => _tee.Dispose();

    [Fact]
    public async Task Headers_that_wait_for_the_tee_are_charged_until_the_event_is_done()
    {
        await PostAsync();

        _queue.Budget.Held.ShouldBeGreaterThan(sizeof(char) * HeaderLength);
        _queue.Reader.TryRead(out var received).ShouldBeTrue();
        received!.Body.Release();
        _queue.Budget.Held.ShouldBe(0);
    }

    [Fact]
    public async Task An_event_whose_headers_find_no_room_is_dropped_and_counted()
    {
        await PostAsync();
        await PostAsync();

        _queue.Reader.Count.ShouldBe(1);
        _metrics.Failures.ShouldBe([("queue_full", 1)]);
        _metrics.Tee.ShouldBe([("dropped", 1)]);
        _queue.Reader.TryRead(out var received).ShouldBeTrue();
        received!.Body.Release();
        _queue.Budget.Held.ShouldBe(0);
    }

    [Fact]
    public void The_credentials_of_the_sender_are_not_passed_on()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = "Bearer secret";
        context.Request.Headers.Cookie = "session=secret";
        context.Request.Headers["Proxy-Authorization"] = "Basic secret";
        context.Request.Headers["ce-id"] = "1";

        var post = _tee.Of(context.Request)!;

        post.Headers.Select(h => h.Name).ShouldBe(["ce-id", EventTee.HopHeader]);
    }

    private async Task PostAsync()
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.1");
        context.Features.Set(new Caller(Caller.Anonymous, "192.0.2.1", []));
        context.Request.Method = HttpMethods.Post;
        context.Request.Headers["ce-source"] = new string('s', HeaderLength);
        context.Request.ContentLength = 2;
        context.Request.Body = new MemoryStream("{}"u8.ToArray());
        await _endpoint.ReceiveAsync(context);
    }
}
