using System.Net;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Injector.Certificates;
using AccuracyMonitor.Injector.Cluster;
using AccuracyMonitor.Injector.Decisions;
using AccuracyMonitor.Injector.Observability;
using AccuracyMonitor.Injector.Serving;
using k8s;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Hosting;

/// <summary>The composition root: settings, decide → patch → serve, certificates.</summary>
internal static class InjectorApplication
{
    /// <summary>Another than the sidecar's: the injector's own settings must not look like those it gives.</summary>
    public const string EnvironmentPrefix = "ACCURACY_MONITOR_INJECTOR_";

    /// <param name="args">Settings as on the command line.</param>
    /// <param name="time">The clock of every part, and of every timer; null: the system's.</param>
    public static WebApplication Build(string[] args, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(InjectorApplication).Assembly.GetName().Name });
        var sources = SettingSources.Read(args, EnvironmentPrefix);
        Configure(builder.Configuration, sources);
        builder.Logging.AddConsoleLines(builder.Configuration);
        AddOptions(builder, sources);
        AddParts(builder, time ?? TimeProvider.System);
        Listen(builder);
        var app = builder.Build();
        Map(app);
        return app;
    }

    private static void Configure(IConfigurationBuilder configuration, SettingSources sources)
    {
        configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Logging:LogLevel:Default"] = "Information",
            ["Logging:LogLevel:Microsoft"] = "Warning",
            ["Logging:LogLevel:System"] = "Warning",
        });
        sources.AddTo(configuration);
    }

    private static void AddOptions(WebApplicationBuilder builder, SettingSources sources)
    {
        var sections = new ConfigurationSections(builder, sources);
        sections.Add<ListenOptions, ListenOptionsValidator>(ListenOptions.Section);
        sections.Add<AccessOptions, AccessOptionsValidator>(AccessOptions.Section);
        sections.Add<InjectionOptions, InjectionOptionsValidator>(InjectionOptions.Section);
        sections.Add<KubernetesOptions, KubernetesOptionsValidator>(KubernetesOptions.Section);
        sections.Add<CertificateOptions, CertificateOptionsValidator>(CertificateOptions.Section);
        builder.Services.AddSingleton<IValidateOptions<ListenOptions>>(s => s.GetRequiredService<ListenerAccess>());
        builder.Services.AddSingleton<IValidateOptions<InjectionOptions>, InjectionValuesValidator>();
        builder.Services.AddSingleton<IValidateOptions<KubernetesOptions>, ApiServerValidator>();
        builder.Services.AddSingleton<IValidateOptions<CertificateOptions>, CertificateTimesValidator>();
        sections.ThrowIfUnreadable();
    }

    private static void AddParts(WebApplicationBuilder builder, TimeProvider time)
    {
        var services = builder.Services;
        services.AddSingleton(time);
        services.AddMetrics();
        services.AddSingleton<MetricRegistry>();
        services.AddSingleton<InjectorMetrics>();
        services.AddSingleton<LoopHealths>();
        services.AddSingleton<InjectorHealth>();
        services.AddSingleton<IKubernetes>(s => new Kubernetes(s.GetRequiredService<IOptions<KubernetesOptions>>().Value.ToClient()));

        services.AddSingleton<NamespaceReader>();
        services.AddSingleton<ClusterFacts>();
        services.AddHostedService(s => s.GetRequiredService<ClusterFacts>());
        services.AddSingleton<NamespaceRules>();
        services.AddHostedService(s => s.GetRequiredService<NamespaceRules>());
        services.AddSingleton<ClusterReaders>();
        services.AddSingleton<InjectionDecider>();
        services.AddSingleton<PodReviewer>();
        services.AddSingleton<MutateEndpoint>();

        services.AddSingleton<ServingCertificate>();
        services.AddSingleton<SharedCertificates>();
        services.AddSingleton<WebhookAuthorities>();

        // Not by IOptions: what is registered depends on it, before every configuration error has been collected.
        if (builder.Configuration.GetValue(
            $"{CertificateOptions.Section}:{nameof(CertificateOptions.Mode)}", CertificateMode.SelfSigned) == CertificateMode.Files)
        {
            services.AddHostedService<CertificateFiles>();
        }
        else
        {
            services.AddSingleton<CertificateCare>();
            services.AddHostedService(s => s.GetRequiredService<CertificateCare>());
        }

        services.AddSingleton<Draining>();
        services.AddHostedService(s => s.GetRequiredService<Draining>());
        services.AddAccess();
        services.AddSingleton(InjectorRoles.Table);
        services.AddSingleton<IAccessMetrics>(s => s.GetRequiredService<InjectorMetrics>());
        services.AddRouting();
        var listen = ReadListen(builder.Configuration);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = listen.DrainDelay + listen.ShutdownTimeout);
    }

    /// <summary>Not by IOptions, and tolerant: host and server are made before every configuration error has been collected, and never run if there is
    /// one.</summary>
    private static ListenOptions ReadListen(ConfigurationManager configuration) => configuration.GetSection(ListenOptions.Section).Get<ListenOptions>()
        ?? new ListenOptions();

    private static void Listen(WebApplicationBuilder builder)
    {
        var options = ReadListen(builder.Configuration);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        var access = new ListenerAccess(
            options, builder.Configuration.GetSection(AccessOptions.Section).Get<AccessOptions>() ?? new AccessOptions());
        builder.Services.AddSingleton(access);
        var most = Math.Max(1, options.MaxConnections);
        builder.Services.AddOptions<KestrelServerOptions>().Configure<ServingCertificate, Draining, InjectorMetrics>((kestrel, serving, draining, metrics) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.DrainConnections(draining.DelayOver);
            kestrel.ListenOn(access.Address, Math.Clamp(options.Port, 0, IPEndPoint.MaxPort), listen =>
            {
                // One address may have all of them: the API servers may come through one agent.
                listen.LimitConnections(most, () => metrics.Denied("connections"), perAddress: most);
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificateSelector = (_, _) => serving.Current });
            });
            kestrel.ListenOn(access.Address, Math.Clamp(options.HttpPort, 0, IPEndPoint.MaxPort), listen =>
            {
                listen.LimitConnections(most, () => metrics.Denied("connections"));
                listen.Protocols = HttpProtocols.Http1;
                listen.UseTrust(access.Pages);
            });
        });
    }

    private static void Map(WebApplication app)
    {
        app.UseConnectionDrain();
        app.UseRouting();
        app.UseMiddleware<AccessMiddleware>();
        app.Use(static (HttpContext http, RequestDelegate next) =>
        {
            if (http.Request.Path == "/metrics")
            {
                http.RequestServices.GetRequiredService<InjectorHealth>().Publish();
            }

            return next(http);
        });

        // Not made before it is called: it reads options, and the errors of all of them are told together.
        app.MapPost(MutateEndpoint.Path, static (HttpContext http) => http.RequestServices.GetRequiredService<MutateEndpoint>().HandleAsync(http));
        app.MapMetrics();
        app.MapGet("/healthz", static (InjectorHealth health) => health.Live());

        app.MapGet("/readyz", static (InjectorHealth health) => health.Ready());
        app.MapGet("/", static () => Results.Text("Accuracy Monitor injector\n\n/metrics  Prometheus metrics\n/healthz  health\n/readyz   readiness\n"));
    }
}
