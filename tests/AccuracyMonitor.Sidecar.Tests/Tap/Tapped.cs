using System.Net;
using System.Net.Http.Headers;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.OpenInference;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Tests.Sinks;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.ModelServers;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Sidecar.Tests.Tap;

/// <summary>A model server, a sidecar with a tap in front of it, and a caller.</summary>
internal sealed class Tapped : IAsyncDisposable
{
    public const string RestPath = "/v2/models/m/infer";
    public const string InferPath = "/inference.GRPCInferenceService/ModelInfer";

    private readonly GrpcChannel _channel;
    private readonly AwaitedMetrics _awaited;
    private readonly HttpClient _http =
        new(new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.None,
            UseProxy = false,
            AllowAutoRedirect = false,

            // The server's bound of a hundred calls on a connection reaches the caller.
            EnableMultipleHttp2Connections = true,
        });

    private Tapped(ScriptedServer server, TestSidecar sidecar)
    {
        (Server, Sidecar, _awaited) = (server, sidecar, new AwaitedMetrics(sidecar));
        _channel = GrpcChannel.ForAddress(sidecar.TapAddress(ListenerUse.TapGrpc));
    }

    public ScriptedServer Server { get; }

    public TestSidecar Sidecar { get; }

    public GRPCInferenceService.GRPCInferenceServiceClient Client => new(_channel);

    public HttpClient Http => _http;

    public static async Task<Tapped> StartAsync(RequestDelegate answer, params string[] settings) =>
        await OfAsync(await ScriptedServer.StartAsync(answer), settings);

    public static async Task<Tapped> OfAsync(ScriptedServer server, params string[] settings) => new(server, await TestSidecar.StartAsync(
        ["--Tap:GrpcPort=0", "--Tap:HttpPort=0", "--Tap:HealthPort=0", $"--Tap:GrpcUpstream={server.Grpc}", $"--Tap:HttpUpstream={server.Rest}",
            "--Tap:Metadata=false", .. settings]));

    public Task<HttpResponseMessage> RestAsync(string path = RestPath, byte[]? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(new Uri(Sidecar.TapAddress(ListenerUse.TapRest), path), HttpVersion.Version11, "application/json", body ?? "{}"u8.ToArray(), headers);

    public Task<HttpResponseMessage> GrpcAsync(
        string path = InferPath, byte[]? frames = null, string contentType = "application/grpc", params (string Name, string Value)[] headers) =>
        SendAsync(new Uri(Sidecar.TapAddress(ListenerUse.TapGrpc), path), HttpVersion.Version20, contentType, frames ?? Answers.Frame(Answers.Request("m", "")),
            headers);

    public async Task<double> MetricAsync(string series) => await Sidecar.MetricAsync("accuracy_monitor_" + series) ?? 0;

    public Task UntilAsync(string series, double value) => _awaited.UntilAsync(series, value);

    public Task UntilCapturedAsync(double rows) => UntilAsync("""captured_total{source="tap"}""", rows);

    public Task UntilFailureAsync(string reason, double value) => UntilAsync($$"""capture_failures_total{source="tap",reason="{{reason}}"}""", value);

    public Task UntilCallsAsync(string protocol, string outcome, double value) =>
        UntilAsync($$"""tap_calls_total{protocol="{{protocol}}",outcome="{{outcome}}"}""", value);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _channel.Dispose();
        await _awaited.ShouldStillHoldAsync();
        await Sidecar.DisposeAsync();
        await Server.DisposeAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(Uri uri, Version version, string contentType, byte[] body, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, uri)
        { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        // To its end: a caller that leaves before the trailers has cancelled the call.
        return await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead);
    }
}
