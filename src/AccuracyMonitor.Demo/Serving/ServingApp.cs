using AccuracyMonitor.Client;
using AccuracyMonitor.Demo.Data;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Demo.Serving;

/// <summary>Puts the serving application together.</summary>
internal static class ServingApp
{
    private const long MaxBodyBytes = 8 * 1024 * 1024;

    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel((context, kestrel) => kestrel.Limits.MaxRequestBodySize = MaxBodyBytes);

        var services = builder.Services;
        services.AddOptions<ServingOptions>().BindConfiguration(ServingOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ServingOptions>, ServingOptionsValidator>();
        services.AddSingleton(sp => sp.GetRequiredService<IOptions<ServingOptions>>().Value);
        services.AddSingleton(TimeProvider.System);
        if (builder.Configuration.GetSection(ServingOptions.Section).GetValue(nameof(ServingOptions.Monitored), defaultValue: true))
        {
            services.AddOptions<MonitorClientOptions>().Configure<ServingOptions>(SetClient);
            services.AddAccuracyMonitor();
        }

        services.AddSingleton(sp => Classifier.Load(sp.GetRequiredService<ServingOptions>().Classifier, sp.GetService<MonitorClient>()));
        services.AddSingleton(sp => new WantedInputs(
            sp.GetService<MonitorClient>(), sp.GetRequiredService<ServingOptions>(), sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PredictEndpoint>();

        var app = builder.Build();
        app.MapPost("/predict", static (HttpContext context, PredictEndpoint endpoint) => endpoint.HandleAsync(context));
        app.MapGet("/health", Health);
        app.MapGet("/inputs/{id}", static (string id, WantedInputs wanted) =>
            wanted.TryGet(id, out var image) ? Results.Bytes(image, "application/octet-stream") : Results.NotFound());
        return app;
    }

    /// <summary>One line that says where: a process that started this one reads the port from it.</summary>
    public static string ListeningLine(WebApplication app)
    {
        var options = app.Services.GetRequiredService<ServingOptions>();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var monitor = options.Monitored ? $"reporting to {app.Services.GetRequiredService<IOptions<MonitorClientOptions>>().Value.Address}" : "not monitored";
        return $"Serving {options.Model}:{options.Version} on {address}, {monitor}";
    }

    private static void SetClient(MonitorClientOptions client, ServingOptions serving)
    {
        (client.Model, client.Version, client.ClassCount) = (serving.Model, serving.Version, LabelledImages.ClassCount);
        if (serving.Monitor is { Length: > 0 } address)
        {
            client.Address = address;
        }
    }

    private static IResult Health(PredictEndpoint endpoint, IServiceProvider services, WantedInputs wanted, ServingOptions options)
    {
        var counters = services.GetService<MonitorClient>()?.Counters;
        return Results.Json(
            new HealthReport
            {
                Status = "ok",
                Model = options.Model,
                Version = options.Version,
                Served = endpoint.Served,
                MonitorObserved = counters?.Observed ?? 0,
                MonitorAccepted = counters?.Accepted ?? 0,
                MonitorDropped = counters?.Dropped ?? 0,
                MonitorDroppedByReason = counters?.DroppedByReason().ToDictionary() ?? [],
                MonitorRejected = counters?.Rejected ?? 0,
                LabelsWanted = wanted.Requested,
                InputsMissed = wanted.Missed,
                InputsKept = wanted.Kept,
            },
            HealthJson.Default.HealthReport);
    }
}
