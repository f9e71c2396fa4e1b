using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.LabelStudio;

/// <summary>Calls of Label Studio's REST interface, and what their failures mean. Messages have the path and the status; never a body, which may have
/// passwords of the project, nor a token.</summary>
internal sealed class LabelStudioClient : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="options">Address, token and timeout.</param>
    /// <param name="time">The clock of access tokens.</param>
    public LabelStudioClient(LabelStudioOptions options, TimeProvider time)
    {
        var address = new Uri(options.Url.TrimEnd('/') + "/");
        // A redirect would turn a POST into a GET, or take the token to another host.
        var sending = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _http = new HttpClient(new AccessTokens(address, options.TokenFile, sending, time))
        {
            BaseAddress = address,
            Timeout = options.Timeout,
            MaxResponseContentBufferSize = 256 << 20,
        };
    }

    public Task<JsonElement> GetAsync(string path, CancellationToken cancel) => SendAsync(HttpMethod.Get, path, null, cancel);

    public Task<JsonElement> PostAsync(string path, object body, CancellationToken cancel) => SendAsync(HttpMethod.Post, path, body, cancel);

    public Task<JsonElement> PatchAsync(string path, object body, CancellationToken cancel) => SendAsync(HttpMethod.Patch, path, body, cancel);

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancel)
    {
        var call = $"{method} {path.Split('?')[0]}";
        try
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
            {
                request.Content = JsonContent.Create(body);

                // With a length: some servers of WSGI do not read a body in pieces.
                await request.Content.LoadIntoBufferAsync(cancel);
            }

            using var response = await _http.SendAsync(request, cancel);
            return response.IsSuccessStatusCode ? await ReadAsync(response, cancel) : throw Failure(call, response);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new ToolException(ToolFailure.Unavailable, $"{call}: {Describe(e)}", e);
        }
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(cancel);
        return bytes.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(bytes);
    }

    private static ToolException Failure(string call, HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => new ToolException(ToolFailure.NotFound, $"{call}: HTTP 404"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                new ToolException(ToolFailure.Denied, $"{call}: HTTP {status}: the token is not accepted, or its user may not do this."),
            HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new ToolException(ToolFailure.Unavailable, $"{call}: HTTP {status}") { RetryAfter = response.Headers.RetryAfter?.Delta },
            < HttpStatusCode.BadRequest =>
                new ToolException(ToolFailure.Denied, $"{call}: HTTP {status}, a redirect; LabelStudio:Url must be the final address."),
            _ => new ToolException(ToolFailure.Refused, $"{call}: HTTP {status}"),
        };
    }

    private static string Describe(Exception e) => e switch
    {
        OperationCanceledException => "no answer in time",
        JsonException => "the answer is no JSON",
        HttpRequestException http => $"{http.HttpRequestError}",
        _ => e.GetType().Name,
    };
}
