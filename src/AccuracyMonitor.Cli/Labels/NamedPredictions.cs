using System.CommandLine;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs.Labels;
using AccuracyMonitor.Runs.Tables;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary>What the commands about single predictions share: predictions of one model version on the command line, and what is said of each.</summary>
/// <param name="argument">What each argument is, for the help.</param>
internal sealed class NamedPredictions(string argument)
{
    /// <summary>Of one call.</summary>
    public const int Most = 1000;

    private readonly Option<string> _model = new("--model") { Description = "The model of the predictions.", Required = true };
    private readonly Option<string> _version = new("--model-version") { Description = "The version of the model.", Required = true };
    private readonly Argument<string[]> _named = new("predictions") { Description = argument, Arity = new ArgumentArity(1, Most) };

    public void AddTo(Command command)
    {
        command.Options.Add(_model);
        command.Options.Add(_version);
        command.Arguments.Add(_named);
    }

    public IReadOnlyList<string> Named(SidecarCall call) => call.Parsed.GetRequiredValue(_named);

    public PredictionRef Reference(SidecarCall call, string id) =>
        new() { Model = call.Value(_model), Version = call.Value(_version), PredictionId = id };

    public IEnumerable<PredictionRef> References(SidecarCall call) => Named(call).Select(id => Reference(call, id));

    /// <summary>Prints one line for each prediction.</summary>
    /// <returns>The exit status: failed when one could not be done.</returns>
    public static async Task<int> ReportAsync(SidecarCall call, IReadOnlyCollection<string> ids, IReadOnlyCollection<ItemOutcome> outcomes)
    {
        var status = ExitCodes.Success;
        foreach (var (id, outcome) in Outcomes.Pair(ids, outcomes))
        {
            if (Outcomes.IsDone(outcome.Code))
            {
                await call.Output.WriteLineAsync($"{id}: {WireText.Of(outcome.Code)}");
            }
            else
            {
                status = ExitCodes.Failure;
                await call.Error.WriteLineAsync($"{id}: {WireText.Of(outcome.Code)}: {outcome.Reason}");
            }
        }

        return status;
    }
}
