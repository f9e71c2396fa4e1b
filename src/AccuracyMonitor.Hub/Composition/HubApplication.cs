using System.Net;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Hosting.Tls;
using AccuracyMonitor.Hub.Estimation;
using AccuracyMonitor.Hub.Observability;
using AccuracyMonitor.Hub.Reports;
using AccuracyMonitor.Hub.Store;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccuracyMonitor.Hub.Composition;

/// <summary>The composition root: reports → database → estimates.</summary>
internal static class HubApplication
{
    public const string EnvironmentPrefix = "ACCURACY_MONITOR_HUB_";

    /// <summary>A sidecar's report has at most 1 MiB; one with a little more is still read, to be told so.</summary>
    private const int MaxReportBytes = 2 * 1024 * 1024;

    /// <param name="args">Settings as on the command line.</param>
    /// <param name="time">The clock of every part, and of every timer; null: the system's.</param>
    public static WebApplication Build(string[] args, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(HubApplication).Assembly.GetName().Name });
        var sources = SettingSources.Read(args, EnvironmentPrefix);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Logging:LogLevel:Default"] = "Information",
            ["Logging:LogLevel:Microsoft"] = "Warning",
            ["Logging:LogLevel:Grpc"] = "Warning",
            ["Logging:LogLevel:Npgsql"] = "Warning",
            ["Logging:LogLevel:System"] = "Warning",
        });
        sources.AddTo(builder.Configuration);
        builder.Logging.AddConsoleLines(builder.Configuration);
        AddOptions(builder, sources);
        AddParts(builder, time ?? TimeProvider.System);
        Listen(builder);
        var app = builder.Build();
        Map(app);
        return app;
    }

    private static void AddOptions(WebApplicationBuilder builder, SettingSources sources)
    {
        var sections = new ConfigurationSections(builder, sources);
        sections.Add<ListenOptions, ListenOptionsValidator>(ListenOptions.Section);
        sections.Add<TlsOptions, TlsOptionsValidator>(TlsOptions.Section);
        sections.Add<AccessOptions, AccessOptionsValidator>(AccessOptions.Section);
        sections.Add<DatabaseOptions, DatabaseOptionsValidator>(DatabaseOptions.Section);
        sections.Add<EstimationOptions, EstimationOptionsValidator>(EstimationOptions.Section);
        builder.Services.AddSingleton<IValidateOptions<ListenOptions>>(s => s.GetRequiredService<ListenerAccess>());
        builder.Services.AddSingleton<IValidateOptions<DatabaseOptions>, ConnectionValidator>();
        builder.Services.AddSingleton<IValidateOptions<EstimationOptions>, WindowsValidator>();
        sections.ThrowIfUnreadable();
    }

    private static void AddParts(WebApplicationBuilder builder, TimeProvider time)
    {
        var services = builder.Services;
        services.AddSingleton(time);
        services.AddMetrics();
        services.AddSingleton<MetricRegistry>();
        services.AddSingleton<HubMetrics>();
        services.AddSingleton<IWorkerRestarts>(s => s.GetRequiredService<HubMetrics>());

        services.AddSingleton(s => new NpgsqlDataSourceBuilder(s.GetRequiredService<IOptions<DatabaseOptions>>().Value.Build().ConnectionString)
            .UseLoggerFactory(s.GetRequiredService<ILoggerFactory>()).Build());
        services.AddSingleton<Database>();
        services.AddSingleton<Schema>();
        services.AddSingleton<Partitions>();
        services.AddSingleton<ReportStore>();
        services.AddSingleton<FleetReader>();

        services.AddSingleton<FleetEstimates>();
        services.AddSingleton<LatestFleet>();
        services.AddSingleton<FleetGauges>();
        services.AddSingleton<HubHealth>();
        services.AddSupervised<RetentionWorker>();
        services.AddSupervised<FleetEstimateWorker>();

        services.AddAccess();
        services.AddSingleton(HubRoles.Table);
        services.AddSingleton<IAccessMetrics>(s => s.GetRequiredService<HubMetrics>());
        services.AddSingleton(s => new AllowedHosts(s.GetRequiredService<IOptions<ListenOptions>>().Value.AllowedHosts));
        services.AddRouting();
        services.AddGrpc(o =>
        {
            o.MaxReceiveMessageSize = MaxReportBytes;
            o.Interceptors.Add<HubErrors>();
        });

        // A compressed message would take a thousand times its size before any bound sees it.
        services.PostConfigure<GrpcServiceOptions>(static o => o.CompressionProviders = []);
        services.AddHealthChecks().AddCheck<HubHealth>("hub");
        services.AddGrpcHealthChecks(static o => o.Services.Map("accuracy_monitor.v1.FleetService", static _ => true));

        // Not by IOptions: the host reads this while it is built, before every configuration error has been collected.
        var shutdown = builder.Configuration.GetValue($"{ListenOptions.Section}:{nameof(ListenOptions.ShutdownTimeout)}", new ListenOptions().ShutdownTimeout);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = shutdown);
    }

    private static void Listen(WebApplicationBuilder builder)
    {
        // Not by IOptions, and tolerant: Kestrel is made before every configuration error has been collected, and is never started if there is one.
        var listen = Read<ListenOptions>(ListenOptions.Section);
        var tls = Read<TlsOptions>(TlsOptions.Section);
        var access = new ListenerAccess(listen, Read<AccessOptions>(AccessOptions.Section), tls);
        var listeners = new Listeners();
        builder.Services.AddSingleton(access);
        builder.Services.AddSingleton(listeners);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddOptions<KestrelServerOptions>().Configure<HubMetrics, TimeProvider, ILogger<ListenerAccess>, IHostApplicationLifetime>(
            (kestrel, metrics, time, logger, lifetime) =>
        {
            var files = tls.IsOn && new TlsOptionsValidator().Validate(name: null, tls).Succeeded
                ? TlsFiles.Open(tls, e => HubLog.TlsFilesUnusable(logger, e.Message), time)
                : null;
            kestrel.AddServerHeader = false;
            kestrel.DrainConnections(lifetime.ApplicationStopping);
            kestrel.Limits.Http2.MaxStreamsPerConnection = 16;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
            Add(ListenerUse.Grpc, listen.GrpcPort, HttpProtocols.Http2, access.Grpc);
            Add(ListenerUse.Http, listen.HttpPort, HttpProtocols.Http1, access.Http);

            void Add(ListenerUse use, int port, HttpProtocols protocols, ListenerTrust trust) =>
                kestrel.ListenOn(access.Address, Math.Clamp(port, 0, IPEndPoint.MaxPort), o =>
                {
                    o.LimitConnections(Math.Max(1, listen.MaxConnections), () => metrics.Denied("connections"));
                    o.Protocols = protocols;
                    listeners.Add(use, o);
                    o.UseTrust(trust);
                    if (files is not null)
                    {
                        o.UseTls(files);
                    }
                });
        });

        TOptions Read<TOptions>(string section)
            where TOptions : class, new() => builder.Configuration.GetSection(section).Get<TOptions>() ?? new TOptions();
    }

    private static void Map(WebApplication app)
    {
        app.UseConnectionDrain();
        app.UseMiddleware<BrowserGuard>();
        app.UseRouting();
        app.UseMiddleware<AccessMiddleware>();
        app.MapGrpcService<FleetGrpcService>();
        app.MapGrpcHealthChecksService();
        app.MapHubPages();
    }
}
