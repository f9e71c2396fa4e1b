using AccuracyMonitor.Client.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Client;

/// <summary>Registers the client with ASP.NET Core, or any other host.</summary>
/// <remarks>
/// A client connects when the host starts and sends what is queued when it stops. Options out of range stop the host at start, all named. An application
/// with one model has one client without a name; one with several has a client of each, by name.
/// </remarks>
public static class AccuracyMonitorServices
{
    /// <summary>Adds one <see cref="MonitorClient"/> for the whole application.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <exception cref="InvalidOperationException">It has been added with settings before: the settings of one model would replace another's.</exception>
    public static IServiceCollection AddAccuracyMonitor(this IServiceCollection services, Action<MonitorClientOptions> configure)
    {
        services.Configured(Options.DefaultName);
        services.Configure(configure);
        return services.AddAccuracyMonitor();
    }

    /// <summary>As <see cref="AddAccuracyMonitor(IServiceCollection,Action{MonitorClientOptions})"/>, from a section of the configuration.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">With the names of <see cref="MonitorClientOptions"/>.</param>
    /// <exception cref="InvalidOperationException">It has been added with settings before: the settings of one model would replace another's.</exception>
    public static IServiceCollection AddAccuracyMonitor(this IServiceCollection services, IConfiguration section)
    {
        services.Configured(Options.DefaultName);
        services.Bind(Options.DefaultName, section);
        return services.AddAccuracyMonitor();
    }

    /// <summary>
    /// As <see cref="AddAccuracyMonitor(IServiceCollection,Action{MonitorClientOptions})"/>, with <see cref="MonitorClientOptions"/> configured
    /// elsewhere.
    /// </summary>
    public static IServiceCollection AddAccuracyMonitor(this IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(MonitorClient) && !s.IsKeyedService))
        {
            return services;
        }

        services.Validate(Options.DefaultName);
        services.AddSingleton(static provider => Connect(provider, Options.DefaultName));
        services.AddSingleton<IHostedService>(static provider => new ClientLifetime(provider.GetRequiredService<MonitorClient>()));
        return services;
    }

    /// <summary>
    /// Adds a <see cref="MonitorClient"/> of one of several models, as a keyed service: <c>[FromKeyedServices("name")] MonitorClient monitor</c>, or
    /// <c>GetRequiredKeyedService</c>.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">Key of the service and name of its options; the model's name, for example. Not empty.</param>
    /// <param name="configure">Sets the options.</param>
    /// <exception cref="InvalidOperationException">The name has been used before.</exception>
    public static IServiceCollection AddAccuracyMonitor(this IServiceCollection services, string name, Action<MonitorClientOptions> configure)
    {
        services.AddNamed(name);
        return services.Configure(name, configure);
    }

    /// <summary>As <see cref="AddAccuracyMonitor(IServiceCollection,string,Action{MonitorClientOptions})"/>, from a section of the configuration.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">Key of the service and name of its options; the model's name, for example. Not empty.</param>
    /// <param name="section">With the names of <see cref="MonitorClientOptions"/>.</param>
    /// <exception cref="InvalidOperationException">The name has been used before.</exception>
    public static IServiceCollection AddAccuracyMonitor(this IServiceCollection services, string name, IConfiguration section)
    {
        services.AddNamed(name);
        services.Bind(name, section);
        return services;
    }

    private static void AddNamed(this IServiceCollection services, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        services.Configured(name);
        services.Validate(name);
        services.AddKeyedSingleton(name, static (provider, key) => Connect(provider, (string)key!));
        services.AddSingleton<IHostedService>(provider => new ClientLifetime(provider.GetRequiredKeyedService<MonitorClient>(name)));
    }

    private static MonitorClient Connect(IServiceProvider provider, string name) => MonitorClient.Connect(
        provider.GetRequiredService<IOptionsMonitor<MonitorClientOptions>>().Get(name),
        provider.GetService<ILogger<MonitorClient>>(),
        provider.GetService<TimeProvider>());

    // A misspelt setting would be a default in silence.
    private static void Bind(this IServiceCollection services, string name, IConfiguration section) =>
        services.Configure<MonitorClientOptions>(name, section, static binder => binder.ErrorOnUnknownConfiguration = true);

    private static void Validate(this IServiceCollection services, string name)
    {
        services.AddOptions<MonitorClientOptions>(name).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MonitorClientOptions>, MonitorClientOptionsValidator>());
    }

    /// <summary>Remembers that the client of this name has its settings.</summary>
    private static void Configured(this IServiceCollection services, string name)
    {
        if (services.Any(s => s.ImplementationInstance is ConfiguredClient known && string.Equals(known.Name, name, StringComparison.Ordinal)))
        {
            throw new InvalidOperationException(name.Length == 0
                ? "AddAccuracyMonitor was called twice, and both models would be reported as one. Give each a name: AddAccuracyMonitor(\"name\", …), and "
                    + "[FromKeyedServices(\"name\")] MonitorClient where it is used."
                : $"AddAccuracyMonitor was called twice with the name '{name}'; each model needs a name of its own.");
        }

        services.AddSingleton(new ConfiguredClient(name));
    }

    private sealed record ConfiguredClient(string Name);
}
