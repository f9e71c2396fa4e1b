using System.Text.Json;
using AccuracyMonitor.Capture.OpenInference;
using AccuracyMonitor.OpenInference;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>
/// Asks the model server which output of a model holds its classes: once per model version, and again after a pause where no usable answer came.
/// Used by one reader; a look-up runs beside it.
/// </summary>
internal sealed class ModelOutputs : IDisposable
{
    private const int MaxRemembered = 4096;
    private const int MaxMetadataBytes = 1 << 20;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly Dictionary<(string Model, string Version), LookUp> _lookUps = [];
    private readonly TapOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ModelOutputs> _logger;
    private readonly LogLimiter _failures;
    private readonly Lazy<GrpcChannel> _channel;
    private readonly Lazy<HttpClient> _http;

    public ModelOutputs(IOptions<TapOptions> options, TimeProvider time, ILogger<ModelOutputs> logger)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
        _failures = new LogLimiter(time, TimeSpan.FromMinutes(1));
        _channel = new Lazy<GrpcChannel>(() => GrpcChannel.ForAddress(
            _options.GrpcUpstream, new GrpcChannelOptions { MaxReceiveMessageSize = MaxMetadataBytes }));
        _http = new Lazy<HttpClient>(() => new HttpClient
        {
            BaseAddress = new Uri(_options.HttpUpstream),
            MaxResponseContentBufferSize = MaxMetadataBytes,
            Timeout = Timeout.InfiniteTimeSpan,
        });
    }

    /// <summary>Longest wait for the model server's answer to one look-up.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Returns at once; starts a look-up where one is due.</summary>
    /// <returns>Completes when the output is known, or known not to be: then with null. It never fails.</returns>
    public Task<DeclaredOutput?> Of(string model, string version, TapProtocol protocol)
    {
        if (!_options.Metadata || model.Length == 0)
        {
            return NotKnown;
        }

        var known = _lookUps.TryGetValue((model, version), out var earlier);
        if (known && !(earlier.Output.IsCompleted && _time.GetUtcNow() >= earlier.Output.Result.Until))
        {
            return OutputOf(earlier.Output);
        }

        if (!known && _lookUps.Count >= MaxRemembered)
        {
            return NotKnown;
        }

        var pause = known ? TimeSpan.FromTicks(Math.Min(earlier.Pause.Ticks * 2, LongestPause.Ticks)) : FirstPause;
        var asking = Task.Run(() => AskAsync(model, version, protocol, pause));
        _lookUps[(model, version)] = new LookUp(asking, pause);
        return OutputOf(asking);
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

    private static Task<DeclaredOutput?> NotKnown { get; } = Task.FromResult<DeclaredOutput?>(null);

    private static async Task<DeclaredOutput?> OutputOf(Task<Answer> asking) => (await asking.ConfigureAwait(false)).Output;

    private async Task<Answer> AskAsync(string model, string version, TapProtocol protocol, TimeSpan pause)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience, _time);
            var outputs = protocol == TapProtocol.Grpc ? await AskGrpcAsync(model, version, patience.Token)
                : await AskRestAsync(model, version, patience.Token);
            return new Answer(DeclaredOutput.Of(outputs), DateTimeOffset.MaxValue);
        }
#pragma warning disable CA1031 // A model server answers what it likes, or nothing: without metadata each answer is read by itself.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (_failures.Count() is > 0 and var count)
            {
                CaptureLog.NoMetadata(_logger, model, version, count, e.Message);
            }

            return new Answer(null, _time.GetUtcNow() + pause);
        }
    }

    private async Task<IReadOnlyList<OutputTensor>> AskGrpcAsync(string model, string version, CancellationToken cancel)
    {
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(_channel.Value);
        var answer = await client.ModelMetadataAsync(new ModelMetadataRequest { Name = model, Version = version }, cancellationToken: cancel);
        return [.. answer.Outputs.Select(o => new OutputTensor { Name = o.Name, Datatype = o.Datatype, Shape = o.Shape })];
    }

    private async Task<IReadOnlyList<OutputTensor>> AskRestAsync(string model, string version, CancellationToken cancel)
    {
        var path = $"v2/models/{Uri.EscapeDataString(model)}" + (version.Length > 0 ? $"/versions/{Uri.EscapeDataString(version)}" : "");
        var body = await _http.Value.GetByteArrayAsync(new Uri(path, UriKind.Relative), cancel);
        using var document = JsonDocument.Parse(body);
        return [.. document.RootElement.TryGetProperty("outputs", out var outputs) ? outputs.EnumerateArray().Select(ToOutput) : []];
    }

    private static OutputTensor ToOutput(JsonElement output) => new()
    {
        Name = output.GetProperty("name").GetString() ?? "",
        Datatype = output.GetProperty("datatype").GetString() ?? "",
        Shape = [.. output.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())],
    };

    /// <param name="Output">Null: not known.</param>
    /// <param name="Until">From then on it is asked again.</param>
    private sealed record Answer(DeclaredOutput? Output, DateTimeOffset Until);

    /// <param name="Output">Never fails.</param>
    /// <param name="Pause">Before it is asked again, if it gets no usable answer; it doubles each time.</param>
    private readonly record struct LookUp(Task<Answer> Output, TimeSpan Pause);
}
