using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Serving;
using Microsoft.Extensions.Options;

const int ExUsage = 64;
try
{
    await using var app = ServingApp.Build(args);
    app.Services.GetRequiredService<IStartupValidator>().Validate();
    var options = app.Services.GetRequiredService<ServingOptions>();
    app.Services.GetRequiredService<Classifier>();
    app.Services.GetRequiredService<PredictEndpoint>();
    app.Urls.Add(options.Listen);
    await app.StartAsync();
    Console.WriteLine(ServingApp.ListeningLine(app));
    if (options.StopWithStandardInput)
    {
        _ = Task.Run(() => StopWithStandardInput(app.Lifetime));
    }

    await app.WaitForShutdownAsync();
    return 0;
}
catch (OptionsValidationException e)
{
    foreach (var failure in e.Failures)
    {
        await Console.Error.WriteLineAsync($"Invalid configuration: {failure}");
    }

    return ExUsage;
}
catch (ArgumentException e)
{
    await Console.Error.WriteLineAsync($"Invalid configuration: {e.Message}");
    return ExUsage;
}
catch (Exception e) when (e is DemoDataException or IOException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}

static void StopWithStandardInput(IHostApplicationLifetime lifetime)
{
    while (Console.In.Read() >= 0)
    {
    }

    lifetime.StopApplication();
}
