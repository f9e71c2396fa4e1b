using System.CommandLine;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Administration;

/// <summary><c>forget</c>: deletes predictions, a version or a model from a running sidecar.</summary>
internal static class ForgetCommand
{
    private const int IdsPerCall = 1000;

    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "The model.", Required = true };
        var version = new Option<string>("--model-version") { Description = "The version. [default: all versions]", DefaultValueFactory = _ => "" };
        var ids = new Option<string[]>("--id") { Description = "Only these predictions of the version, by id.", AllowMultipleArgumentsPerToken = true };
        var command = new Command(
            "forget",
            """
            Delete what a running sidecar keeps of a model, a version, or single predictions.

            The bytes are erased from the database's files, and the audit trail records the deletion. Stop the traffic of a model before you delete it.
            The caller needs the role administer.

              accuracy-monitor forget --model clothing --target unix:///run/accuracy-monitor/am.sock
              accuracy-monitor forget --model clothing --model-version 7 --id order-17 order-18
            """)
        {
            model, version, ids,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(ids) is { Length: > 0 } && string.IsNullOrEmpty(result.GetValue(version)))
            {
                result.AddError("--id needs --model-version: an id belongs to one version.");
            }
        });
        new SidecarOptions("administer").SetAction(command, async (call, cancel) =>
        {
            var erased = call.Value(ids) is { Length: > 0 } named
                ? await ForgetAsync(call, call.Value(model), call.Value(version), named, cancel)
                : await DeleteAsync(call, call.Value(model), call.Value(version), cancel);
            if (erased)
            {
                return ExitCodes.Success;
            }

            await call.Error.WriteLineAsync(
                "The bytes are still in the database's files: another program reads the database, or the disk refused. Call again.");
            return ExitCodes.Failure;
        });
        return command;
    }

    private static async Task<bool> DeleteAsync(SidecarCall call, string model, string version, CancellationToken cancel)
    {
        var service = new MonitorService.MonitorServiceClient(call.Channel);
        var deleted = await service.DeleteModelAsync(new DeleteModelRequest { Model = model, Version = version }, cancellationToken: cancel);
        await call.Output.WriteLineAsync($"{deleted.Requests} label requests and {deleted.Monitors} monitors deleted.");
        return deleted.Erased;
    }

    private static async Task<bool> ForgetAsync(SidecarCall call, string model, string version, string[] ids, CancellationToken cancel)
    {
        var service = new LabelService.LabelServiceClient(call.Channel);
        var (forgotten, erased) = (0u, true);
        foreach (var some in ids.Chunk(IdsPerCall))
        {
            var request = new ForgetRequest { Model = model, Version = version, PredictionIds = { some } };
            var response = await service.ForgetAsync(request, cancellationToken: cancel);
            (forgotten, erased) = (forgotten + response.Forgotten, response.Erased);
        }

        await call.Output.WriteLineAsync($"{forgotten} of {ids.Length} predictions had a label request, which is deleted.");
        return erased;
    }
}
