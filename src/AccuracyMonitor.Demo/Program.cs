using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.ModelServer;
using AccuracyMonitor.Demo.Serving;
using Microsoft.Extensions.Options;

const int ExUsage = 64;
try
{
    var asModelServer = args is [ModelServerApp.Name, ..];
    await using var app = asModelServer ? ModelServerApp.Build(args[1..]) : ServingApp.Build(args);
    app.Services.GetRequiredService<IStartupValidator>().Validate();
    var (line, stopWithStandardInput) = asModelServer ? PrepareModelServer(app) : PrepareServing(app);
    await app.StartAsync();
    Console.WriteLine(line());
    if (stopWithStandardInput)
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

static (Func<string> Line, bool StopWithStandardInput) PrepareServing(WebApplication app)
{
    var options = app.Services.GetRequiredService<ServingOptions>();
    app.Services.GetRequiredService<Classifier>();
    app.Services.GetRequiredService<PredictEndpoint>();
    app.Urls.Add(options.Listen);
    return (() => ServingApp.ListeningLine(app), options.StopWithStandardInput);
}

static (Func<string> Line, bool StopWithStandardInput) PrepareModelServer(WebApplication app)
{
    app.Services.GetRequiredService<ServedModel>();
    return (() => ModelServerApp.ListeningLine(app), app.Services.GetRequiredService<IOptions<ModelServerOptions>>().Value.StopWithStandardInput);
}

static void StopWithStandardInput(IHostApplicationLifetime lifetime)
{
    while (Console.In.Read() >= 0)
    {
    }

    lifetime.StopApplication();
}
