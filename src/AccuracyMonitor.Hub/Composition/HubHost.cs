using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hub.Store;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccuracyMonitor.Hub.Composition;

/// <summary>Starts the hub and says what went wrong when it can't.</summary>
public static class HubHost
{
    public const string Help = """
        Accuracy Monitor hub: keeps what sidecars report in PostgreSQL, and estimates over all of them.

        Settings come from --config FILE (JSON), then environment variables (ACCURACY_MONITOR_HUB_Section__Key), then the command line. With no settings it
        uses the database accuracy_monitor on this machine's socket, takes reports on 127.0.0.1:7710 and serves /metrics and /estimates on 127.0.0.1:7711.

          accuracy-monitor hub --Database:Connection="Host=db;Database=accuracy_monitor;Username=hub" --Database:ConnectionFile=/run/secrets/password
          accuracy-monitor hub --config hub.json

        The sections are Database, Listen, Access and Estimation; names that are no setting are answered with those that are. Exit status: 0 stopped,
        1 cannot start, 64 settings that cannot be used, each on a line.
        """;

    /// <summary>Runs until SIGTERM, Ctrl+C or <paramref name="stop"/>.</summary>
    /// <param name="args">Settings as <c>--Section:Key value</c> or <c>--Section:Key=value</c>; <c>--config FILE</c> for a JSON file.</param>
    /// <param name="stop">For a program that holds the hub inside it.</param>
    /// <returns>0 after a clean shutdown, 64 for a bad configuration (every error on a line of its own), 1 for anything else.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken stop = default)
    {
        WebApplication app;
        try
        {
            app = HubApplication.Build(args);
        }
        catch (OptionsValidationException e)
        {
            return await ConfigurationErrors.FailAsync(e.Failures);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or FileNotFoundException)
        {
            return await ConfigurationErrors.FailAsync([e.Message]);
        }

        await using (app)
        {
            using var stopping = stop.Register(app.Lifetime.StopApplication);
            try
            {
                app.Services.GetRequiredService<IStartupValidator>().Validate();
                await app.Services.GetRequiredService<Schema>().MigrateAsync(app.Lifetime.ApplicationStopping);
                await app.StartAsync(CancellationToken.None);
                SayWhere(app);
                await app.WaitForShutdownAsync(CancellationToken.None);
                return 0;
            }
            catch (OptionsValidationException e)
            {
                return await ConfigurationErrors.FailAsync(ConfigurationErrors.Named(e, app.Configuration));
            }
            catch (AggregateException e) when (e.InnerExceptions.All(i => i is OptionsValidationException))
            {
                return await ConfigurationErrors.FailAsync(
                    e.InnerExceptions.Cast<OptionsValidationException>().SelectMany(i => ConfigurationErrors.Named(i, app.Configuration)));
            }
            catch (Exception e) when (
                e is NpgsqlException or IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException or TimeoutException)
            {
                await Console.Error.WriteLineAsync($"Cannot start: {e.Message}");
                return ExitCodes.Failure;
            }
        }
    }

    private static void SayWhere(WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(nameof(HubHost));
        app.Services.GetRequiredService<ConfigurationNotices>().Log(logger);
        if (app.Services.GetRequiredService<ListenerAccess>().IsAnonymous)
        {
            HubLog.Anonymous(logger, "The hub");
        }

        var listeners = app.Services.GetRequiredService<Listeners>();
        HubLog.ListeningGrpc(logger, listeners.AddressOf(ListenerUse.Grpc));
        HubLog.ListeningHttp(logger, listeners.AddressOf(ListenerUse.Http));
    }
}
