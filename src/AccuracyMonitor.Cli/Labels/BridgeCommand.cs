using System.CommandLine;
using AccuracyMonitor.Bridge.Hosting;

namespace AccuracyMonitor.Cli.Labels;

/// <summary><c>labels bridge</c>: has label requests answered in Label Studio.</summary>
internal static class BridgeCommand
{
    public static Command Create()
    {
        var settings = new Argument<string[]>("settings")
        {
            Description = "Settings as --Section:Key=value; --config FILE reads them from a JSON file.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var once = new Option<bool>("--once") { Description = "Make one pass over everything and end, for a scheduler that starts it again." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Check both sides, say what would be done, and change neither." };
        var command = new Command(
            "bridge",
            """
            Run the bridge to Label Studio, where annotators answer the label requests.

            The bridge leases requests, makes a task of each in a project of Label Studio, and gives the answers, skips and deletions of its annotators to
            the queue. Annotators see neither the model's class nor its softmax output.

            Settings come from --config FILE (JSON), then environment variables (ACCURACY_MONITOR_BRIDGE_Section__Key), then the command line. These have
            no default: Bridge:Model, LabelStudio:Url and LabelStudio:TokenFile (a legacy token, or a personal access token). The class names are the sidecar's
            unless Bridge:ClassesFile has them, a name a line. Inputs:Template is the address of an input in your own store.

              accuracy-monitor labels bridge --Bridge:Model=clothes --LabelStudio:Url=https://labels.example \
                --LabelStudio:TokenFile=token --Inputs:Template=https://store.example/{prediction_id}.png
              accuracy-monitor labels bridge --config bridge.json --once

            With Listen:PublicUrl, the address at which Label Studio reaches the bridge, answers arrive by webhook at once; without, by the next poll.
            docs/reference/bridge-settings.md lists every setting with its default. An unknown setting is refused with the names that exist.
            """)
        {
            settings, once, dryRun,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.Validators.Add(result =>
        {
            if (result.GetValue(once) && result.GetValue(dryRun))
            {
                result.AddError("--once and --dry-run exclude each other.");
            }
        });
        command.SetAction((parsed, cancel) => BridgeHost.RunAsync(
            [.. parsed.GetValue(settings) ?? [], .. parsed.UnmatchedTokens],
            parsed.GetValue(dryRun) ? BridgeMode.DryRun : parsed.GetValue(once) ? BridgeMode.Once : BridgeMode.Serve,
            cancel));
        return command;
    }
}
