using System.CommandLine;
using AccuracyMonitor.Hub.Composition;

namespace AccuracyMonitor.Cli.Serving;

/// <summary><c>accuracy-monitor hub</c>: the hub, in this process.</summary>
internal static class HubCommand
{
    public static Command Create()
    {
        var settings = new Argument<string[]>("settings")
        {
            Description = "Settings as --Section:Key=value; --config FILE reads them from a JSON file.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("hub", $"Run the hub, which collects the reports of many sidecars.\n\n{HubHost.Help}") { settings };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, _) => HubHost.RunAsync([.. parsed.GetValue(settings) ?? [], .. parsed.UnmatchedTokens], CancellationToken.None));
        return command;
    }
}
