using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using AccuracyMonitor.Rules.Tests.Support;

namespace AccuracyMonitor.Rules.Tests.Chain;

/// <summary>One alert as it reached whoever is woken.</summary>
/// <param name="Arrived">When it came.</param>
/// <param name="Receiver">Path of the webhook: page or ticket.</param>
/// <param name="Firing">False: resolved.</param>
/// <param name="Labels">Of the alert.</param>
/// <param name="Annotations">Of the alert.</param>
internal sealed record Notice(
    DateTimeOffset Arrived, string Receiver, bool Firing, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations)
{
    public override string ToString() =>
        $"{Arrived:mm:ss.f} {Receiver} {(Firing ? "firing" : "resolved")} {Labels["alertname"]} {Labels.GetValueOrDefault("version")}: "
            + $"{Annotations.GetValueOrDefault("summary")}";
}

/// <summary>What Alertmanager's webhooks call.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<Notice> _notices = new();
    private readonly Task _serving;

    public WebhookReceiver()
    {
        Address = new Uri($"http://127.0.0.1:{Ports.Free()}/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    public IReadOnlyCollection<Notice> Notices => _notices;

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext call;
            try
            {
                call = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var message = await JsonDocument.ParseAsync(call.Request.InputStream);
            foreach (var alert in message.RootElement.GetProperty("alerts").EnumerateArray())
            {
                _notices.Enqueue(new Notice(
                    DateTimeOffset.UtcNow, call.Request.Url!.AbsolutePath.Trim('/'), alert.GetProperty("status").GetString() == "firing", Read(alert, "labels"),
                    Read(alert, "annotations")));
            }

            call.Response.Close();
        }
    }

    private static Dictionary<string, string> Read(JsonElement alert, string property) =>
        alert.GetProperty(property).EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal);
}
