using AccuracyMonitor.Capture;
using AccuracyMonitor.Capture.Sinks;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Connections;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Hosting.Tls;
using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Agreement;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Audit;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Fleet;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Inputs;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Management;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Pages;
using AccuracyMonitor.Sidecar.Probes;
using AccuracyMonitor.Sidecar.Queueing;
using AccuracyMonitor.Sidecar.Sampling;
using AccuracyMonitor.Sidecar.Scoring;
using AccuracyMonitor.Sidecar.Storage;
using AccuracyMonitor.Sidecar.Truth;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using Grpc.AspNetCore.Server;
using Microsoft.Extensions.Options;
using ListenOptions = AccuracyMonitor.Sidecar.Hosting.ListenOptions;

namespace AccuracyMonitor.Sidecar.Composition;

/// <summary>The composition root: reads top to bottom like the architecture.</summary>
internal static class SidecarApplication
{
    public const string EnvironmentPrefix = "ACCURACY_MONITOR_";

    /// <param name="args">Settings as on the command line.</param>
    /// <param name="time">The clock of every part, and of every timer; null: the system's.</param>
    public static WebApplication Build(string[] args, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(SidecarApplication).Assembly.GetName().Name });
        var sources = SettingSources.Read(args, EnvironmentPrefix);
        Configure(builder.Configuration, sources);
        builder.Logging.AddConsoleLines(builder.Configuration);

        AddOptions(builder, sources);
        AddParts(builder, time ?? TimeProvider.System);
        SidecarListeners.Listen(builder);
        builder.AddTelemetry();

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
            ["Logging:LogLevel:Grpc"] = "Warning",
            ["Logging:LogLevel:System"] = "Warning",
        });
        sources.AddTo(configuration);
    }

    private static void AddOptions(WebApplicationBuilder builder, SettingSources sources)
    {
        var sections = new ConfigurationSections(builder, sources);
        sections.Add<ListenOptions, ListenOptionsValidator>(ListenOptions.Section);
        sections.Add<MemoryOptions, MemoryOptionsValidator>(MemoryOptions.Section);
        sections.Add<TlsOptions, TlsOptionsValidator>(TlsOptions.Section);
        sections.Add<AccessOptions, AccessOptionsValidator>(AccessOptions.Section);
        sections.Add<IntakeOptions, IntakeOptionsValidator>(IntakeOptions.Section);
        sections.Add<ScoringOptions, ScoringOptionsValidator>(ScoringOptions.Section);
        sections.Add<SamplingOptions, SamplingOptionsValidator>(SamplingOptions.Section);
        sections.Add<EstimationOptions, EstimationOptionsValidator>(EstimationOptions.Section);
        sections.Add<LabellingOptions, LabellingOptionsValidator>(LabellingOptions.Section);
        sections.Add<TruthOptions, TruthOptionsValidator>(TruthOptions.Section);
        sections.Add<InputOptions, InputOptionsValidator>(InputOptions.Section);
        sections.Add<MonitorOptions, MonitorOptionsValidator>(MonitorOptions.Section);
        sections.Add<AdaptationOptions, AdaptationOptionsValidator>(AdaptationOptions.Section);
        sections.Add<TrainingModeOptions, TrainingModeOptionsValidator>(TrainingModeOptions.Section);
        sections.Add<AlarmOptions, AlarmOptionsValidator>(AlarmOptions.Section);
        sections.Add<StorageOptions, StorageOptionsValidator>(StorageOptions.Section);
        sections.Add<HubOptions, HubOptionsValidator>(HubOptions.Section);
        sections.Add<SinkOptions, SinkOptionsValidator>(SinkOptions.Section);
        sections.Add<TapOptions, TapOptionsValidator>(TapOptions.Section);
        sections.Add<TelemetryOptions, TelemetryOptionsValidator>(TelemetryOptions.Section);
        builder.Services.AddSingleton<IValidateOptions<ListenOptions>, ListenerAccessValidator>();
        builder.Services.AddSingleton<IValidateOptions<IntakeOptions>, ClassCountsValidator>();
        builder.Services.AddSingleton<IValidateOptions<EstimationOptions>, WindowsValidator>();
        builder.Services.AddSingleton<IValidateOptions<EstimationOptions>, BaselinesValidator>();
        builder.Services.AddSingleton<IValidateOptions<AlarmOptions>, SubgroupObjectivesValidator>();
        builder.Services.AddSingleton<IValidateOptions<LabellingOptions>, LabellingFilesValidator>();
        builder.Services.AddSingleton<IValidateOptions<SinkOptions>, SinkRulesValidator>();
        builder.Services.AddSingleton<IValidateOptions<TapOptions>, TapRulesValidator>();
        builder.Services.AddSingleton<IValidateOptions<InputOptions>, RenderingRulesValidator>();
        builder.Services.AddSingleton<IValidateOptions<HubOptions>, HubFilesValidator>();
        sections.ThrowIfUnreadable();
        builder.Services.AddSingleton(GivenSettings.Of(sections));
    }

    private static void AddParts(WebApplicationBuilder builder, TimeProvider time)
    {
        var services = builder.Services;
        services.AddSingleton(time);
        services.AddSingleton<AgreedClock>();
        services.AddMetrics();
        services.AddSingleton<MetricRegistry>();
        services.AddSingleton<AccuracyMonitorMetrics>();
        services.AddSingleton<MessageBudget>();
        services.AddSingleton<InternalErrorCounter>();
        services.AddSingleton<WorkFailures>();
        services.AddSingleton<IWorkerRestarts>(s => s.GetRequiredService<InternalErrorCounter>());

        services.AddSingleton<SidecarStartup>();
        services.AddSingleton(s => s.GetRequiredService<SidecarStartup>().Store);
        services.AddSingleton<ILabelHistory>(s => s.GetRequiredService<SidecarStartup>().Store);

        services.AddSingleton(s => s.GetRequiredService<IOptions<ScoringOptions>>().Value.ToScorer());
        services.AddSingleton(
            s => ActivatorUtilities.CreateInstance<MonitorLoader>(s, s.GetRequiredService<IOptions<ScoringOptions>>().Value.MonitorLoadTimeout));
        services.AddSingleton<MonitorSignatures>();
        services.AddSingleton<StartingMonitors>();
        services.AddSingleton<IStartingMonitors>(s => s.GetRequiredService<StartingMonitors>());
        services.AddSingleton(s => new ModelPlan(
            s.GetRequiredService<IOptions<IntakeOptions>>().Value.ToLimits(),
            s.GetRequiredService<IOptions<EstimationOptions>>().Value.ToPlan(),
            new Lazy<SamplerOptions>(
                () => s.GetRequiredService<IOptions<SamplingOptions>>().Value.ToCore(s.GetRequiredService<SidecarStartup>().Coin)))
        {
            Budget = new StateBudget(s.GetRequiredService<IOptions<MemoryOptions>>().Value.EffectiveStateBytes),
        });
        AddModelParts(services);
        services.AddSingleton<StoredChanges>();
        services.AddSingleton(s => new VersionHistory(
            new Lazy<MonitorStore>(() => s.GetRequiredService<MonitorStore>()), s.GetRequiredService<ModelPlan>().Windows.Lengths[^1],
            s.GetRequiredService<StoredChanges>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<WorkFailures>()));
        services.AddSingleton<IVersionHistory>(s => s.GetRequiredService<VersionHistory>());
        services.AddSingleton<ModelRegistry>();
        services.AddSingleton<BatchParser>();
        services.AddSingleton<SufficientEncoding>();
        services.AddSingleton(s => new ScoringQueue(s.GetRequiredService<IOptions<IntakeOptions>>().Value.MaxQueuedValues));
        services.AddSingleton<IntakeService>();
        services.AddSingleton<MicroBatchProcessor>();
        services.AddSingleton<LabelRequestWriter>();
        services.AddSingleton<LabelApplier>();
        services.AddSingleton<AnnotatorLimit>();
        services.AddSingleton<InputMetrics>();
        services.AddSingleton<InputStore>();
        services.AddSingleton<InputRendering>();
        services.AddSingleton(s => new InputLimits(
            s.GetRequiredService<IOptions<InputOptions>>().Value, s.GetRequiredService<IOptions<StorageOptions>>().Value.MaxBytes));
        services.AddSingleton<LabellingFiles>();
        services.AddSingleton<AnswerMapping>();
        services.AddSingleton<AnswerCalls>();
        services.AddSingleton<GoldCalls>();
        services.AddSingleton<ClassCalls>();
        services.AddSingleton<RecalibratedWindows>();
        services.AddSingleton<LabelQualityReader>();
        services.AddSingleton<Estimator>();
        services.AddSingleton<TruthBuffer>();
        services.AddSingleton<TruthWriter>();
        services.AddSingleton<TruthRetention>();
        services.AddSingleton<LatestRealized>();
        services.AddSingleton<LatestEstimates>();
        services.AddSingleton<EstimateMetrics>();
        services.AddSingleton<VersionComparison>();
        services.AddSingleton<ModelEstimation>();
        services.AddSingleton<EstimatePublication>();
        services.AddSingleton<EstimateRefresh>();
        services.AddSingleton<AlarmUpdater>();
        services.AddSingleton<RunningHistory>();
        services.AddSingleton<AdaptationQueue>();
        services.AddSingleton<MonitorManager>();
        services.AddSingleton<ModelEraser>();
        services.AddSingleton<HeadRecalibration>();
        services.AddSingleton<FineTuner>();
        services.AddSingleton<FineTune>(s => s.GetRequiredService<FineTuner>().Tune);
        services.AddSingleton<NetworkFineTuning>();

        // Stopped in the reverse order: the scoring loop drains before the window sums are written for the last time.
        services.AddSupervised<HealthWorker>();
        if (!string.IsNullOrEmpty(builder.Configuration[$"{HubOptions.Section}:{nameof(HubOptions.Address)}"]))
        {
            services.AddFleet();
        }

        services.AddSupervised<RetentionWorker>();
        services.AddSupervised<RequestExpiryWorker>();
        services.AddSupervised<RetirementWorker>();
        services.AddSupervised<WindowSumWorker>();
        services.AddSupervised<TruthWorker>();
        services.AddSupervised<LabelQualityWorker>();
        services.AddSupervised<EstimateWorker>();
        services.AddSupervised<AdaptationWorker>();
        services.AddSupervised<ScoringWorker>();

        // Behind the scoring loop, and so stopped before it: what waits there is still scored.
        services.AddSingleton<ICaptureMetrics>(s => s.GetRequiredService<AccuracyMonitorMetrics>().Capture);
        services.AddSingleton<IObservedBatchSink, CapturedBatches>();
        services.AddSingleton(s => s.GetRequiredService<IOptions<IntakeOptions>>().Value.ToCapture());
        services.AddSingleton<ICapturedInputs>(
            s => new CapturedInputs(new Lazy<InputStore>(() => s.GetRequiredService<InputStore>())));
        services.AddSingleton<ITruthFeed, TruthCalls>();
        services.AddSingleton(s => s.GetRequiredService<IOptions<InputOptions>>().Value.ToCapture());
        services.AddCapture();

        services.AddPages();
        services.AddAccess();
        services.AddSingleton<ModelOwners>();
        services.AddSingleton(SidecarRoles.Table);
        services.AddSingleton<AccessMetrics>();
        services.AddSingleton<StoreMetrics>();
        services.AddSingleton<IAccessMetrics>(s => s.GetRequiredService<AccessMetrics>());
        services.AddSingleton(s => new AllowedHosts(s.GetRequiredService<IOptions<ListenOptions>>().Value.AllowedHosts));

        services.AddGrpc(o =>
        {
            o.MaxReceiveMessageSize = Protocol.MessageLimits.MaxMessageBytes;
            o.Interceptors.Add<ErrorInterceptor>();
            o.Interceptors.Add<ModelAccessInterceptor>();
            o.Interceptors.Add<StreamAccessInterceptor>();
        });

        // A compressed message takes a thousand times its size before any bound sees it; a caller who sends one is told UNIMPLEMENTED. After the
        // configuration, in which gRPC puts gzip back where nothing is set.
        services.PostConfigure<GrpcServiceOptions>(static o => o.CompressionProviders = []);
        services.AddGrpcHealthChecks(o =>
            {
                foreach (var service in (string[])
                [
                    nameof(V1.PredictionService), nameof(V1.LabelService), nameof(V1.EstimateService), nameof(V1.MonitorService), nameof(V1.AuditService),
                ])
                {
                    o.Services.Map($"accuracy_monitor.v1.{service}", static _ => true);
                }
            });
        services.AddSidecarHealth();
        services.AddGrpcReflection();

        // Not by IOptions: the host reads this while it is built, before every configuration error has been collected.
        var shutdown = builder.Configuration.GetValue($"{ListenOptions.Section}:{nameof(ListenOptions.ShutdownTimeout)}", new ListenOptions().ShutdownTimeout);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = shutdown);
    }

    /// <summary>What each feature keeps of each model version.</summary>
    private static void AddModelParts(IServiceCollection services)
    {
        services.AddModelPart((s, model) => s.GetRequiredService<AccuracyMonitorMetrics>().ForModel(model.Key));
        services.AddModelPart((s, model) => new ModelAlarms(
            model.Key, s.GetRequiredService<IOptions<AlarmOptions>>().Value, model.Monitor.Version,
            s.GetRequiredService<IOptions<SamplingOptions>>().Value.LeastInclusionRatio));
        services.AddModelPart((s, _) => s.GetRequiredService<IOptions<SamplingOptions>>().Value.NewUniformShareChoice());
        services.AddModelPart((_, _) => new EstimateHistory());
        services.AddModelPart((_, _) => new AdaptationProgress());
        services.AddModelPart((_, _) => new RefusalRuns());
        services.AddModelPart((_, _) => new LatestLabelQuality());
    }

    private static void Map(WebApplication app)
    {
        app.UseMiddleware<HttpErrors>();
        app.UseConnectionDrain();
        app.UseMiddleware<BrowserGuard>();
        app.MapSink();
        app.UseRouting();
        app.Use(SignIn.UseCookieAsync);
        app.UseMiddleware<AccessMiddleware>();
        app.Use(MalformedRequests.InvokeAsync);
        app.Use(app.Services.GetRequiredService<MessageBudget>().InvokeAsync);
        app.MapGrpcService<PredictionGrpcService>();
        app.MapGrpcService<LabelGrpcService>();
        app.MapGrpcService<EstimateGrpcService>();
        app.MapGrpcService<MonitorGrpcService>();
        app.MapGrpcService<AuditGrpcService>();
        app.MapGrpcHealthChecksService();
        if (app.Services.GetRequiredService<IConfiguration>().GetValue("Listen:Reflection", true))
        {
            app.MapGrpcReflectionService();
        }

        app.MapMetrics();
        app.MapHealthPages();
        app.MapPages();
        app.MapEstimatesPage();
        app.MapInputPage();
    }
}
