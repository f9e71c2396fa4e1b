using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Tests.ModelServers;

/// <summary>What a model server was asked.</summary>
internal sealed record Asked(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>A model server that answers what a test says, on real ports, one for gRPC and one for REST.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedServer(WebApplication app) => _app = app;

    public Uri Grpc => new(_app.Urls.First());

    public Uri Rest => new(_app.Urls.Last());

    public ConcurrentQueue<Asked> Calls { get; } = new();

    /// <param name="answer">Whole calls; the request's body has been read when <paramref name="readFirst"/>.</param>
    /// <param name="readFirst">Else the answer reads it as it likes, and calls are not kept.</param>
    public static async Task<ScriptedServer> StartAsync(RequestDelegate answer, bool readFirst = true)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        var server = new ScriptedServer(app);
        app.Run(async context =>
        {
            if (readFirst)
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                server.Calls.Enqueue(new Asked(
                    context.Request.Method,
                    context.Request.Path.Value!,
                    context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                    body.ToArray()));
            }

            await answer(context);
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>Frames with trailers, as a gRPC server answers.</summary>
    public static RequestDelegate GrpcAnswer(byte[] frames, int status = 0, string? encoding = null) => async context =>
    {
        var response = context.Response;
        response.ContentType = "application/grpc";
        if (encoding is not null)
        {
            response.Headers["grpc-encoding"] = encoding;
        }

        response.DeclareTrailer("grpc-status");
        await response.Body.WriteAsync(frames);
        response.AppendTrailer("grpc-status", status.ToString());
    };

    public static RequestDelegate RestAnswer(
        byte[] body, int status = 200, string contentType = "application/json", params (string Name, string Value)[] headers) => async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        await context.Response.Body.WriteAsync(body);
    };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
