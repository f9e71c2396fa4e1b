using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Demo.ModelServer;

/// <summary>
/// A small model server that speaks the Open Inference Protocol over gRPC and REST: one ONNX model, in ONNX Runtime. For trying the tap where
/// there is no Triton.
/// </summary>
internal static class ModelServerApp
{
    /// <summary>First argument of the program.</summary>
    public const string Name = "model-server";

    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Grpc", LogLevel.Warning);
        builder.Services.AddOptions<ModelServerOptions>().BindConfiguration(ModelServerOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ModelServerOptions>, ModelServerOptionsValidator>();
        builder.Services.AddSingleton(s => new ServedModel(s.GetRequiredService<IOptions<ModelServerOptions>>().Value));
        builder.Services.AddGrpc(o => o.MaxReceiveMessageSize = null);
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            var options = context.Configuration.GetSection(ModelServerOptions.Section).Get<ModelServerOptions>() ?? new ModelServerOptions();
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, options.GrpcPort, o => o.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, options.HttpPort, o => o.Protocols = HttpProtocols.Http1);
        });

        var app = builder.Build();
        app.MapGrpcService<InferenceGrpcService>();
        app.MapGet("/v2/health/live", static () => Results.Ok());
        app.MapGet("/v2/health/ready", static () => Results.Ok());
        foreach (var path in (string[])["/v2/models/{name}", "/v2/models/{name}/versions/{version}"])
        {
            app.MapGet(path, Metadata);
            app.MapPost(path + "/infer", InferAsync);
        }

        return app;
    }

    /// <summary>One line that says where: a process that started this one reads the ports from it.</summary>
    public static string ListeningLine(WebApplication app)
    {
        var model = app.Services.GetRequiredService<ServedModel>();
        return $"Serving {model.Name}:{model.Version} by the Open Inference Protocol, gRPC on {app.Urls.First()}, REST on {app.Urls.Last()}";
    }

    private static IResult Metadata(string name, string? version, ServedModel model) => IsServed(name, version, model)
        ? Results.Json(new ModelAnswer(model.Name, [model.Version], "onnxruntime_onnx", model.Inputs, model.Outputs), RestJson.Default.ModelAnswer)
        : NotServed(name);

    private static async Task<IResult> InferAsync(string name, string? version, HttpRequest request, ServedModel model)
    {
        if (!IsServed(name, version, model))
        {
            return NotServed(name);
        }

        try
        {
            var call = await JsonSerializer.DeserializeAsync(request.Body, RestJson.Default.InferCall, request.HttpContext.RequestAborted);
            if (call?.Inputs is not [{ Datatype: "FP32" } input])
            {
                throw new ArgumentException("inputs must be one of FP32.");
            }

            var outputs = model.Run(new FloatTensor(input.Name, input.Shape, input.Data), [.. (call.Outputs ?? []).Select(o => o.Name)]);
            var answer = new InferAnswer(model.Name, model.Version, call.Id, [.. outputs.Select(o => new InferOutput(o.Name, "FP32", o.Shape, o.Values))]);
            return Results.Json(answer, RestJson.Default.InferAnswer);
        }
        catch (Exception e) when (e is ArgumentException or JsonException)
        {
            return Results.Json(new ErrorAnswer(e.Message), RestJson.Default.ErrorAnswer, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static bool IsServed(string name, string? version, ServedModel model) =>
        string.Equals(name, model.Name, StringComparison.Ordinal) && (version is null || string.Equals(version, model.Version, StringComparison.Ordinal));

    private static IResult NotServed(string name) =>
        Results.Json(
            new ErrorAnswer($"model '{name}' is not served in that version."), RestJson.Default.ErrorAnswer, statusCode: StatusCodes.Status404NotFound);
}
