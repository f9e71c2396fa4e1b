using AccuracyMonitor.Client.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Client;

/// <summary>Registers the client with ASP.NET Core, or any other host.</summary>
public static class AccuracyMonitorServices
{
    /// <summary>
    /// Adds one <see cref="MonitorClient"/> for the whole application. It connects when the host starts and sends what is queued when it
    /// stops. Options out of range stop the host at start, all named.
    /// </summary>
    public static IServiceCollection AddAccuracyMonitor(this IServiceCollection services, Action<MonitorClientOptions> configure)
    {
        services.Configure(configure);
        return services.AddAccuracyMonitor();
    }

    /// <summary>As <see cref="AddAccuracyMonitor(IServiceCollection,Action{MonitorClientOptions})"/>, from a section of the configuration.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">With the names of <see cref="MonitorClientOptions"/>.</param>
    public static IServiceCollection AddAccuracyMonitor(this IServiceCollection services, IConfiguration section)
    {
        // A misspelt setting would be a default in silence.
        services.Configure<MonitorClientOptions>(section, static binder => binder.ErrorOnUnknownConfiguration = true);
        return services.AddAccuracyMonitor();
    }

    /// <summary>
    /// As <see cref="AddAccuracyMonitor(IServiceCollection,Action{MonitorClientOptions})"/>, with <see cref="MonitorClientOptions"/> configured
    /// elsewhere.
    /// </summary>
    public static IServiceCollection AddAccuracyMonitor(this IServiceCollection services)
    {
        services.AddOptions<MonitorClientOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MonitorClientOptions>, MonitorClientOptionsValidator>());
        services.TryAddSingleton(static provider => MonitorClient.Connect(
            provider.GetRequiredService<IOptions<MonitorClientOptions>>().Value,
            provider.GetService<ILogger<MonitorClient>>(),
            provider.GetService<TimeProvider>()));
        services.AddHostedService<ClientLifetime>();
        return services;
    }
}
