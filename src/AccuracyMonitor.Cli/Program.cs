using System.CommandLine;
using AccuracyMonitor.Cli.Demo;
using AccuracyMonitor.Cli.Evaluation;
using AccuracyMonitor.Cli.Serving;

var root = new RootCommand("Accuracy Monitor: how accurate is the deployed model right now?")
{
    ServeCommand.Create(),
    EvaluateCommand.Create(),
    DemoCommand.Create(),
    DemoModelCommand.Create(),
    DemoServeCommand.Create(),
};

// SIGTERM and Ctrl+C: every command ends by itself within its own bound (the sidecar's drain may take Listen:ShutdownTimeout, up to five
// minutes). The library's default of two seconds would cut it off.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(6) });
