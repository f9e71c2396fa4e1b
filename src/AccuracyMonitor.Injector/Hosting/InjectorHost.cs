using AccuracyMonitor.Hosting;
using AccuracyMonitor.Injector.Observability;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Hosting;

/// <summary>Starts the injector and says what went wrong when it can't.</summary>
internal static class InjectorHost
{
    /// <returns>0 after a clean shutdown, 64 for a bad configuration (every error on a line of its own), 1 for anything else.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        WebApplication app;
        try
        {
            app = InjectorApplication.Build(args);
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
            try
            {
                app.Services.GetRequiredService<IStartupValidator>().Validate();
                await app.StartAsync(CancellationToken.None);
                var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(nameof(InjectorHost));
                app.Services.GetRequiredService<ConfigurationNotices>().Log(logger);
                InjectorLog.Listening(logger, app.Urls.First(), app.Urls.Last());
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
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or k8s.Exceptions.KubeConfigException)
            {
                await Console.Error.WriteLineAsync($"Cannot start: {e.Message}");
                return ExitCodes.Failure;
            }
        }
    }
}
