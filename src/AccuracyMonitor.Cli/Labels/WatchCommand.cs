using System.CommandLine;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary><c>labels watch</c>: the queue in numbers, whenever they change.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "Only this model.", DefaultValueFactory = _ => "" };
        var version = new Option<string>("--model-version") { Description = "Only this version.", DefaultValueFactory = _ => "" };
        var command = new Command(
            "watch",
            """
            Print the number of label requests in each state, whenever it changes.

            It runs until Ctrl+C. The caller needs the role read.
            """)
        {
            model, version,
        };
        new SidecarOptions("read").SetAction(command, async (call, cancel) =>
        {
            var request = new WatchRequest { Model = call.Value(model), Version = call.Value(version) };
            using var watch = new LabelService.LabelServiceClient(call.Channel).Watch(request, cancellationToken: cancel);
            while (await watch.ResponseStream.MoveNext(cancel))
            {
                var now = TimeProvider.System.GetUtcNow();
                await call.Output.WriteLineAsync($"{now:yyyy-MM-dd'T'HH:mm:ss'Z'} {StatsText.Of(watch.ResponseStream.Current.State)}");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
