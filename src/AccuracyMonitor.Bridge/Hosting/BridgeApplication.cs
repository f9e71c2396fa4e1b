using System.Net;
using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.LabelStudio;
using AccuracyMonitor.Bridge.Observability;
using AccuracyMonitor.Bridge.Queue;
using AccuracyMonitor.Bridge.Serving;
using AccuracyMonitor.Bridge.Sync;
using AccuracyMonitor.Bridge.Tools;
using AccuracyMonitor.Client;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hosting.Metrics;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Bridge.Hosting;

/// <summary>The composition root.</summary>
internal static class BridgeApplication
{
    public const string EnvironmentPrefix = "ACCURACY_MONITOR_BRIDGE_";
    private const int MaxConnections = 200;

    /// <param name="args">Settings as on the command line.</param>
    /// <param name="time">The clock of every part.</param>
    /// <param name="writes">False: a journal that does not exist is not made.</param>
    /// <param name="tool">The labelling tool; null: Label Studio.</param>
    public static WebApplication Build(string[] args, TimeProvider time, bool writes = true, ILabellingTool? tool = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(BridgeApplication).Assembly.GetName().Name });
        var sources = SettingSources.Read(args, EnvironmentPrefix);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Logging:LogLevel:Default"] = "Information",
            ["Logging:LogLevel:Microsoft"] = "Warning",
            ["Logging:LogLevel:System"] = "Warning",
        });
        sources.AddTo(builder.Configuration);
        builder.Logging.AddConsoleLines(builder.Configuration);
        AddOptions(builder, sources);
        AddParts(builder.Services, time, writes);
        AddTool(builder.Services, tool);
        builder.Services.AddRouting();
        Listen(builder);
        var app = builder.Build();
        app.UseRouting();
        app.Use(static (context, next) =>
        {
            if (context.Request.Path == "/metrics")
            {
                context.RequestServices.GetRequiredService<BridgeMetrics>().Refresh();
            }

            return next(context);
        });
        app.MapPost(HookEndpoint.Path, static c => c.RequestServices.GetRequiredService<HookEndpoint>().HandleAsync(c));
        app.MapMethods(
            $"{InputAddresses.Path}/{{id}}", [HttpMethods.Get, HttpMethods.Head],
            static c => c.RequestServices.GetRequiredService<InputEndpoint>().HandleAsync(c));
        app.MapGet("/healthz", static () => Results.Text("ok"));
        app.MapMetrics();
        return app;
    }

    private static void AddOptions(WebApplicationBuilder builder, SettingSources sources)
    {
        var sections = new ConfigurationSections(builder, sources);
        sections.Add<BridgeOptions, BridgeOptionsValidator>(BridgeOptions.Section);
        sections.Add<LabelStudioOptions, LabelStudioOptionsValidator>(LabelStudioOptions.Section);
        sections.Add<InputOptions, InputOptionsValidator>(InputOptions.Section);
        sections.Add<ServingOptions, ServingOptionsValidator>(ServingOptions.Section);
        builder.Services.AddSingleton<IValidateOptions<BridgeOptions>, BridgeFilesValidator>();
        builder.Services.AddSingleton<IValidateOptions<LabelStudioOptions>, LabelStudioAddressValidator>();
        builder.Services.AddSingleton<IValidateOptions<InputOptions>, InputTemplateValidator>();
        builder.Services.AddSingleton<IValidateOptions<ServingOptions>, ServingAddressValidator>();
        sections.ThrowIfUnreadable();
    }

    private static void AddParts(IServiceCollection services, TimeProvider time, bool writes)
    {
        services.AddSingleton(time);
        services.AddSingleton(Value<BridgeOptions>);
        services.AddSingleton(Value<LabelStudioOptions>);
        services.AddSingleton(Value<ServingOptions>);
        services.AddSingleton<CurrentClasses>();
        services.AddSingleton<ClassSource>();
        services.AddSingleton(s => s.GetRequiredService<BridgeOptions>() is var options && (writes || File.Exists(options.Journal))
            ? BridgeJournal.Open(options.Journal, time)
            : BridgeJournal.InMemory(time));
        services.AddSingleton(s => Channel(s.GetRequiredService<BridgeOptions>()));
        services.AddSingleton(s => new LabelQueue(s.GetRequiredService<GrpcChannel>(), s.GetRequiredService<BridgeOptions>(), time));
        services.AddSingleton<BridgeCounters>();
        services.AddMetrics();
        services.AddSingleton<MetricRegistry>();
        services.AddSingleton<BridgeMetrics>();
        services.AddSingleton<HintQueue>();
        services.AddSingleton<BridgeKey>();
        services.AddSingleton<HookEndpoint>();
        services.AddSingleton(s => new InputEndpoint(
            s.GetRequiredService<BridgeJournal>(), s.GetRequiredService<InputAddresses>(), s.GetRequiredService<LabelQueue>(),
            new Uri(s.GetRequiredService<LabelStudioOptions>().Url).GetLeftPart(UriPartial.Authority)));
        services.AddSingleton(Value<InputOptions>);
        services.AddSingleton(s => new InputAddresses(
            s.GetRequiredService<InputOptions>(), s.GetRequiredService<ServingOptions>().PublicRoot, s.GetRequiredService<BridgeKey>(), time));
        services.AddSingleton(s => new BridgeParts
        {
            Tool = s.GetRequiredService<ILabellingTool>(),
            Queue = s.GetRequiredService<LabelQueue>(),
            Journal = s.GetRequiredService<BridgeJournal>(),
            Counters = s.GetRequiredService<BridgeCounters>(),
            Options = s.GetRequiredService<BridgeOptions>(),
            Inputs = s.GetRequiredService<InputAddresses>(),
            Time = time,
            Logger = s.GetRequiredService<ILogger<BridgeParts>>(),
        });
        services.AddSingleton(s => new BridgeHome(
            s.GetRequiredService<BridgeParts>(), s.GetRequiredService<LabelStudioOptions>().Url.TrimEnd('/'),
            HookUrl(s.GetRequiredService<ServingOptions>()), s.GetRequiredService<BridgeKey>().HookSecret,
            s.GetRequiredService<ClassSource>()));
        services.AddSingleton<BridgeLoop>();
    }

    private static void AddTool(IServiceCollection services, ILabellingTool? tool)
    {
        if (tool is not null)
        {
            services.AddSingleton(tool);
            return;
        }

        services.AddSingleton<LabelStudioClient>();
        services.AddSingleton<ILabellingTool>(s => new LabelStudioTool(
            s.GetRequiredService<LabelStudioClient>(), s.GetRequiredService<LabelStudioOptions>(), s.GetRequiredService<CurrentClasses>(),
            s.GetRequiredService<BridgeOptions>().Model));
    }

    private static T Value<T>(IServiceProvider services)
        where T : class => services.GetRequiredService<IOptions<T>>().Value;

    /// <exception cref="ArgumentException">The address or a file can't be used.</exception>
    public static GrpcChannel Channel(BridgeOptions options) => MonitorChannel.Create(options.Target, new MonitorCredentials
    {
        CertificateAuthorityFile = options.AuthorityFile,
        ClientCertificateFile = options.CertificateFile,
        ClientKeyFile = options.KeyFile,
        TokenFile = options.TokenFile,
    });

    private static Uri? HookUrl(ServingOptions options) =>
        options.PublicUrl.Length > 0 ? new Uri(options.PublicRoot + HookEndpoint.Path) : null;

    /// <remarks>Not by IOptions, and tolerant: the server is made before every configuration error has been collected, and never runs if there is one.
    /// </remarks>
    private static void Listen(WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(ServingOptions.Section).Get<ServingOptions>() ?? new ServingOptions();
        if (options.Port < 0)
        {
            // Kestrel without an address listens at one of its own.
            builder.Services.AddSingleton<IServer, NoServer>();
            return;
        }

        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            var address = IPAddress.TryParse(options.Address, out var ip) ? ip : IPAddress.Loopback;
            kestrel.ListenOn(address, Math.Min(options.Port, IPEndPoint.MaxPort), static _ => { });
        });
    }
}
