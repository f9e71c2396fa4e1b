using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Hosting.Tests;

public sealed class ConnectionDrainTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _begin = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new();
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.DrainConnections(_begin.Token);
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Use(next => async connection =>
            {
                await next(connection);
                _closed.TrySetResult();
            }));
        });
        _app = builder.Build();
        _app.UseConnectionDrain();
        _app.Run(static context => context.Response.WriteAsync(context.Connection.Id));
        await _app.StartAsync();
    }

    [Fact]
    public async Task A_connection_that_is_used_is_not_cut_between_two_requests()
    {
        var first = await ConnectionAsync();
        await _begin.CancelAsync();
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.6));
            (await ConnectionAsync()).ShouldBe(first);
        }
    }

    [Fact]
    public async Task A_connection_that_is_idle_is_ended_after_the_grace()
    {
        await ConnectionAsync();
        await _begin.CancelAsync();
        _time.Advance(TimeSpan.FromSeconds(1));

        await _closed.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        _begin.Dispose();
    }

    /// <summary>The name of the connection that took a request.</summary>
    private Task<string> ConnectionAsync() => _http.GetStringAsync(new Uri(_app.Urls.Single()), TestContext.Current.CancellationToken);
}
