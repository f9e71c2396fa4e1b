using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Connections;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Composition;

/// <summary>Starts the sidecar and says what went wrong when it can't.</summary>
public static class SidecarHost
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(10);

    /// <summary>Runs until SIGTERM, Ctrl+C or <paramref name="stop"/>. A tap, once it listens, passes calls on also while monitoring can't start.</summary>
    /// <param name="args">Settings as <c>--Section:Key value</c> or <c>--Section:Key=value</c>; <c>--config FILE</c> for a JSON file.</param>
    /// <param name="stop">For a program that holds the sidecar inside it.</param>
    /// <returns>0 after a clean shutdown, 64 for a bad configuration (every error on a line of its own), 1 for anything else.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken stop = default)
    {
        await using var tap = new TapLifetime(stop);
        while (true)
        {
            var end = await RunOnceAsync(args, tap);
            if (end.CannotStart is not { } reason)
            {
                return end.Status;
            }

            if (tap.Host is null)
            {
                await Console.Error.WriteLineAsync($"Cannot start: {reason}");
                return end.Status;
            }

            SidecarLog.OnlyTap(tap.Host.Logger, reason, TryAgain.TotalSeconds);
            await Task.Delay(TryAgain, TimeProvider.System, tap.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (tap.Stop.IsCancellationRequested)
            {
                return 0;
            }
        }
    }

    private static async Task<End> RunOnceAsync(string[] args, TapLifetime tap)
    {
        WebApplication app;
        try
        {
            app = SidecarApplication.Build(args);
        }
        catch (OptionsValidationException e)
        {
            return await FailAsync(e.Failures);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or FileNotFoundException)
        {
            return await FailAsync([e.Message]);
        }

        await using (app)
        {
            using var stopping = tap.Stop.Register(app.Lifetime.StopApplication);
            try
            {
                app.Services.GetRequiredService<IStartupValidator>().Validate();
                await tap.StartAsync(app, app.Services.GetRequiredService<IOptions<ListenOptions>>().Value.ShutdownTimeout);
                await app.Services.GetRequiredService<SidecarStartup>().PrepareAsync(app.Lifetime.ApplicationStopping);
                await app.StartAsync(CancellationToken.None);
                SocketAccess.Apply(app.Services.GetRequiredService<IOptions<ListenOptions>>().Value);
                SayWhere(app);
                var report = ActivatorUtilities.CreateInstance<ShutdownReport>(app.Services);
                report.Watch();
                await app.WaitForShutdownAsync(tap.Stop);
                report.End();
                return new End(0);
            }
            catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                SidecarLog.StoppedEarly(app.Services.GetRequiredService<ILogger<SidecarStartup>>());
                return new End(0);
            }
            catch (OptionsValidationException e)
            {
                return await FailAsync(ConfigurationErrors.Named(e, app.Configuration));
            }
            catch (AggregateException e) when (e.InnerExceptions.All(i => i is OptionsValidationException))
            {
                return await FailAsync(e.InnerExceptions.Cast<OptionsValidationException>().SelectMany(i => ConfigurationErrors.Named(i, app.Configuration)));
            }
            catch (MonitorFileException e) when (tap.Host is null)
            {
                return await FailAsync([e.Message]);
            }
            catch (Exception e) when (
                e is StoreException or IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException or MonitorFileException)
            {
                return new End(ExitCodes.Failure, e.Message);
            }
        }
    }

    private static void SayWhere(WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILogger<SidecarStartup>>();
        var access = app.Services.GetRequiredService<ListenerAccess>();
        app.Services.GetRequiredService<ConfigurationNotices>().Log(logger);
        ActivatorUtilities.CreateInstance<IdleSettings>(app.Services).Notices.Log(logger);
        app.Services.GetRequiredService<AccessMetrics>().AnonymousListeners.Set(access.Anonymous.Count());
        foreach (var use in access.Anonymous)
        {
            SidecarLog.AnonymousListener(logger, use);
        }

        if (access.HasTokensInClear)
        {
            SidecarLog.TokensInClear(logger);
        }

        foreach (var (use, address) in app.Services.GetRequiredService<Listeners>().Addresses)
        {
            switch (use)
            {
                case ListenerUse.Http: SidecarLog.ListeningHttp(logger, address); break;
                case ListenerUse.Sink: SidecarLog.ListeningSink(logger, address); break;
                default: SidecarLog.ListeningGrpc(logger, address); break;
            }
        }
    }

    private static async Task<End> FailAsync(IEnumerable<string> failures) => new(await ConfigurationErrors.FailAsync(failures));

    /// <param name="Status">Of the process.</param>
    /// <param name="CannotStart">Why monitoring did not start, when another try may succeed.</param>
    private readonly record struct End(int Status, string? CannotStart = null);
}
