using System.Collections.Concurrent;
using System.Text.Json;
using AccuracyMonitor.OpenInference;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.OpenInference;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tap;

/// <summary>Asks the model server which output of a model holds its classes, once a model version.</summary>
internal sealed class ModelOutputs : IDisposable
{
    private const int MaxRemembered = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(string Model, string Version), Known> _known = new();
    private readonly TapOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ModelOutputs> _logger;
    private readonly Lazy<GrpcChannel> _channel;
    private readonly Lazy<HttpClient> _http;

    public ModelOutputs(IOptions<TapOptions> options, TimeProvider time, ILogger<ModelOutputs> logger)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
        _channel = new Lazy<GrpcChannel>(() => GrpcChannel.ForAddress(_options.GrpcUpstream));
        _http = new Lazy<HttpClient>(() => new HttpClient { BaseAddress = new Uri(_options.HttpUpstream), Timeout = Patience });
    }

    /// <returns>Null: not known, for this answer or for good.</returns>
    public async ValueTask<DeclaredOutput?> OfAsync(string model, string version, TapProtocol protocol, CancellationToken cancel)
    {
        if (!_options.Metadata || model.Length == 0)
        {
            return null;
        }

        var now = _time.GetUtcNow();
        if (_known.TryGetValue((model, version), out var known) && now < known.Until)
        {
            return known.Output;
        }

        if (_known.Count >= MaxRemembered && known is null)
        {
            return null;
        }

        known = await AskAsync(model, version, protocol, now, cancel);
        _known[(model, version)] = known;
        return known.Output;
    }

    public void Dispose()
    {
        if (_channel.IsValueCreated)
        {
            _channel.Value.Dispose();
        }

        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    private async Task<Known> AskAsync(string model, string version, TapProtocol protocol, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            var outputs = protocol == TapProtocol.Grpc ? await AskGrpcAsync(model, version, cancel) : await AskRestAsync(model, version, cancel);
            return new Known(DeclaredOutput.Of(outputs), DateTimeOffset.MaxValue);
        }
        catch (Exception e) when (e is RpcException or HttpRequestException or JsonException or InvalidOperationException or OperationCanceledException)
        {
            SidecarLog.NoMetadata(_logger, model, version, e.Message);
            return new Known(null, now + AskAgain);
        }
    }

    private async Task<IEnumerable<OutputTensor>> AskGrpcAsync(string model, string version, CancellationToken cancel)
    {
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(_channel.Value);
        var answer = await client.ModelMetadataAsync(
            new ModelMetadataRequest { Name = model, Version = version }, deadline: _time.GetUtcNow().Add(Patience).UtcDateTime, cancellationToken: cancel);
        return answer.Outputs.Select(o => new OutputTensor { Name = o.Name, Datatype = o.Datatype, Shape = o.Shape });
    }

    private async Task<IEnumerable<OutputTensor>> AskRestAsync(string model, string version, CancellationToken cancel)
    {
        var path = $"v2/models/{Uri.EscapeDataString(model)}" + (version.Length > 0 ? $"/versions/{Uri.EscapeDataString(version)}" : "");
        await using var body = await _http.Value.GetStreamAsync(new Uri(path, UriKind.Relative), cancel);
        using var document = await JsonDocument.ParseAsync(body, cancellationToken: cancel);
        return [.. document.RootElement.TryGetProperty("outputs", out var outputs) ? outputs.EnumerateArray().Select(ToOutput) : []];
    }

    private static OutputTensor ToOutput(JsonElement output) => new()
    {
        Name = output.GetProperty("name").GetString() ?? "",
        Datatype = output.GetProperty("datatype").GetString() ?? "",
        Shape = [.. output.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())],
    };

    private sealed record Known(DeclaredOutput? Output, DateTimeOffset Until);
}
