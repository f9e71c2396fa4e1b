using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Queue;
using AccuracyMonitor.Bridge.Serving;
using AccuracyMonitor.Bridge.Sync;
using AccuracyMonitor.Bridge.Tools;
using AccuracyMonitor.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Bridge.Hosting;

/// <summary>Runs the bridge, and says what went wrong when it can't.</summary>
public static class BridgeHost
{
    /// <param name="args">Settings as <c>--Section:Key value</c> or <c>--Section:Key=value</c>; <c>--config FILE</c> for a JSON file.</param>
    /// <param name="mode">Whether it stays.</param>
    /// <param name="stop">For a program that holds the bridge inside it.</param>
    /// <returns>0 after a clean end, 64 for a bad configuration (every error on a line of its own), 1 for anything else.</returns>
    public static async Task<int> RunAsync(string[] args, BridgeMode mode, CancellationToken stop = default)
    {
        WebApplication app;
        try
        {
            app = BridgeApplication.Build(args, TimeProvider.System, writes: mode is not BridgeMode.DryRun);
        }
        catch (OptionsValidationException e)
        {
            return await ConfigurationErrors.FailAsync(e.Failures);
        }

        await using (app)
        {
            using var stopping = stop.Register(app.Lifetime.StopApplication);
            try
            {
                app.Services.GetRequiredService<IStartupValidator>().Validate();
                if (mode is BridgeMode.Once && app.Services.GetRequiredService<ServingOptions>().PublicUrl.Length > 0)
                {
                    return await ConfigurationErrors.FailAsync(
                        ["Listen:PublicUrl is set, and --once does not listen: webhooks and inputs would lead nowhere. Leave one of them out."]);
                }

                return await RunAsync(app, mode) ? 0 : ExitCodes.Failure;
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
            catch (SqliteException e)
            {
                await Console.Error.WriteLineAsync($"The journal cannot be used any more: {e.Message}");
                return ExitCodes.Failure;
            }
            catch (IOException e)
            {
                await Console.Error.WriteLineAsync($"Cannot start: {e.Message}");
                return ExitCodes.Failure;
            }
        }
    }

    private static async Task<bool> RunAsync(WebApplication app, BridgeMode mode)
    {
        // First: two bridges with one journal must not run.
        app.Services.GetRequiredService<BridgeJournal>();
        var parts = app.Services.GetRequiredService<BridgeParts>();
        app.Services.GetRequiredService<ConfigurationNotices>().Log(parts.Logger);
        var stop = app.Lifetime.ApplicationStopping;
        if (mode is BridgeMode.DryRun)
        {
            return await TellAsync(app.Services.GetRequiredService<BridgeHome>(), parts, stop);
        }

        var loop = app.Services.GetRequiredService<BridgeLoop>();
        if (mode is BridgeMode.Once)
        {
            return await loop.RunOnceAsync(stop);
        }

        await app.StartAsync(CancellationToken.None);
        if (app.Services.GetRequiredService<ServingOptions>() is { Port: >= 0 } serving)
        {
            var hook = serving.PublicUrl.Length > 0 ? serving.PublicRoot + HookEndpoint.Path : "none";
            BridgeLog.Listening(parts.Logger, hook, app.Urls.First());
        }

        var clean = await loop.RunAsync(stop);
        await app.StopAsync(CancellationToken.None);
        return clean;
    }

    private static async Task<bool> TellAsync(BridgeHome home, BridgeParts parts, CancellationToken stop)
    {
        try
        {
            var state = await parts.Queue.StateAsync(stop);
            BridgeLog.Note(parts.Logger, $"The queue has {state.Waiting} requests waiting and {state.Leased} leased.");
            return await home.TellAsync(stop);
        }
        catch (Exception e) when (e is ToolException or QueueException)
        {
            BridgeLog.Problem(parts.Logger, e.Message);
            return false;
        }
    }
}
