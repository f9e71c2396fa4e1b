using System.CommandLine;
using System.CommandLine.Invocation;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Injector.Hosting;

var settings = new Argument<string[]>("settings")
{
    Description = "Settings as --Section:Key=value; --config FILE reads them from a JSON file.",
    Arity = ArgumentArity.ZeroOrMore,
};
var root = new RootCommand(
    """
    The admission webhook of Accuracy Monitor: adds the sidecar to pods that ask for it.

    Settings come from --config FILE (JSON), then environment variables (ACCURACY_MONITOR_INJECTOR_Section__Key), then the command line. Only
    Injection:Image, the sidecar's image, has no default.

      accuracy-monitor-injector --Injection:Image=registry.example/accuracy-monitor-sidecar:0.1.0
      accuracy-monitor-injector --Certificates:Mode=Files --Certificates:CertificateFile=tls.crt --Certificates:KeyFile=tls.key ...

    The sections are Listen, Injection, Kubernetes and Certificates; a name that is no setting is answered with the names that are. Exit status 64
    means that settings can't be used, every one named.
    """)
{
    settings,
    CheckCommand.Create(),
};
root.TreatUnmatchedTokensAsErrors = false;
root.SetAction((parsed, _) => InjectorHost.RunAsync([.. parsed.GetValue(settings) ?? [], .. parsed.UnmatchedTokens]));

// The drain and the shutdown have bounds of their own, Listen:DrainDelay and Listen:ShutdownTimeout.
var run = root.Parse(args);
var code = await run.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(11) });
return run.Action is ParseErrorAction ? ExitCodes.Usage : code;
