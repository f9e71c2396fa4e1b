using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace AccuracyMonitor.Hosting;

public static class ConsoleLogging
{
    /// <summary>
    /// A line a message, in UTC, without colours: what collectors of container logs read. Levels are those of the section Logging. Lines of one kind are
    /// limited to 30 a minute.
    /// </summary>
    public static void AddConsoleLines(this ILoggingBuilder logging, IConfiguration configuration)
    {
        // ASP.NET Core's authentication brings data protection, which warns that its keys are not kept. Nothing here is protected by them.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);

        // Its error at the start has the whole stack trace of what the programs say in one line themselves. A worker that ends the host is critical.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            o.UseUtcTimestamp = true;
            o.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.Services.RemoveAll<ILoggerProvider>();
        logging.Services.AddSingleton<ILoggerProvider>(
            static s => new LimitedLoggerProvider(ActivatorUtilities.CreateInstance<ConsoleLoggerProvider>(s), TimeProvider.System));
    }
}
