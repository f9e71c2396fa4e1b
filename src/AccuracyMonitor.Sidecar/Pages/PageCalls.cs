using System.Text;
using AccuracyMonitor.Sidecar.Hosting;
using Google.Protobuf;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Pages;

/// <summary>
/// Calls a gRPC service for a page: JSON in, and the same checks of model access and the same mapping of errors as over gRPC. A page has no second way to
/// lease or to complete.
/// </summary>
internal sealed class PageCalls(ErrorInterceptor errors, ModelAccessInterceptor access)
{
    /// <summary>Bytes of a request at most: a page sends one answer at a time.</summary>
    public const int MaxBytes = 64 * 1024;

    public const string LabelService = "/accuracy_monitor.v1.LabelService/";
    public const string EstimateService = "/accuracy_monitor.v1.EstimateService/";

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(false));

    /// <summary>Reads the request from the body, calls a method of the label service by its name, and gives its answer to <paramref name="write"/>.</summary>
    public async Task PostAsync<TRequest, TResponse>(
        HttpContext http, string method, UnaryServerMethod<TRequest, TResponse> call, Func<TResponse, string> write)
        where TRequest : class, IMessage, new()
        where TResponse : class
    {
        if (!http.Request.HasJsonContentType())
        {
            // A form of another page can send no JSON.
            await PageAnswers.ErrorAsync(http, StatusCodes.Status415UnsupportedMediaType, "The content type must be application/json.");
            return;
        }

        try
        {
            await CallAsync(http, LabelService + method, await ReadAsync<TRequest>(http), call, write);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException)
        {
            await PageAnswers.ErrorAsync(http, StatusCodes.Status400BadRequest, $"The request is not valid: {e.Message}");
        }
        catch (BadHttpRequestException e)
        {
            await PageAnswers.ErrorAsync(http, e.StatusCode, e.Message);
        }
    }

    /// <param name="http">Is answered.</param>
    /// <param name="method">Method with its service, such as <see cref="LabelService"/> followed by the name.</param>
    /// <param name="request">Is given to the method.</param>
    /// <param name="call">The method.</param>
    /// <param name="write">Makes JSON of its answer.</param>
    public async Task CallAsync<TRequest, TResponse>(
        HttpContext http, string method, TRequest request, UnaryServerMethod<TRequest, TResponse> call, Func<TResponse, string> write)
        where TRequest : class
        where TResponse : class
    {
        TResponse response;
        try
        {
            response = await errors.UnaryServerHandler(
                request, new HttpCallContext(http, method), (r, c) => access.UnaryServerHandler(r, c, call));
        }
        catch (RpcException e)
        {
            await PageAnswers.ErrorAsync(http, HttpStatuses.Of(e.StatusCode), e.Status.Detail);
            return;
        }

        await PageAnswers.JsonAsync(http, write(response));
    }

    private static async Task<TRequest> ReadAsync<TRequest>(HttpContext http)
        where TRequest : class, IMessage, new()
    {
        var bytes = new byte[MaxBytes + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, http.RequestAborted);
        return length > MaxBytes
            ? throw new BadHttpRequestException($"The request has more than {MaxBytes} bytes.", StatusCodes.Status413PayloadTooLarge)
            : Parser.Parse<TRequest>(Encoding.UTF8.GetString(bytes, 0, length));
    }
}
