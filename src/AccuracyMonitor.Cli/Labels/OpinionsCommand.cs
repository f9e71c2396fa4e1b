using System.CommandLine;
using System.Runtime.CompilerServices;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs.Tables;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Cli.Labels;

/// <summary><c>labels opinions</c>: second and third opinions, one by one.</summary>
internal static class OpinionsCommand
{
    private const uint PageSize = 1000;

    public static Command Create()
    {
        var format = new Option<TextFormat>("--format") { Description = "Format of the output.", DefaultValueFactory = _ => TextFormat.Csv };
        var model = new Option<string>("--model") { Description = "Only this model.", DefaultValueFactory = _ => "" };
        var version = new Option<string>("--model-version") { Description = "Only this version.", DefaultValueFactory = _ => "" };
        var annotator = new Option<string>("--annotator") { Description = "Only what this annotator said.", DefaultValueFactory = _ => "" };
        var since = TimeOption.Create("--since", "Only opinions given at or after it");
        var names = ShownClasses.Option();
        var command = new Command(
            "opinions",
            """
            Print second and third opinions, newest first.

            A skipped one has no label. An opinion is left out while another one is wanted about its request, except for callers with the role administer.
            The caller needs the role label.

              accuracy-monitor labels opinions --model clothing --annotator ann --names
            """)
        {
            format, model, version, annotator, since, names,
        };
        new SidecarOptions("label").SetAction(command, async (call, cancel) =>
        {
            var classes = ShownClasses.Of(call, names);
            var request = new ListOpinionsRequest
            {
                PageSize = PageSize,
                Model = call.Value(model),
                Version = call.Value(version),
                Annotator = call.Value(annotator),
                Since = call.Value(since)?.ToTimestamp(),
            };
            await using var writer = TableWriter.Of(call.Value(format), call.Output, Columns(classes));
            await writer.WriteAsync(ReadAsync(call, request, cancel).Select((ListedOpinion o, CancellationToken reading) => RowAsync(o, classes, reading)));
            return ExitCodes.Success;
        });
        return command;
    }

    private static TableColumn[] Columns(ShownClasses classes) =>
    [
        new("id"), new("model"), new("version"), new("opinion", ColumnKind.Whole), classes.ColumnOf("label"), new("annotator"), new("given"),
        new("shown_at"), new("answered_at"), new("revealed"), new("tool"),
    ];

    private static async IAsyncEnumerable<ListedOpinion> ReadAsync(
        SidecarCall call, ListOpinionsRequest request, [EnumeratorCancellation] CancellationToken cancel)
    {
        var service = new LabelService.LabelServiceClient(call.Channel);
        do
        {
            var page = await service.ListOpinionsAsync(request, cancellationToken: cancel);
            foreach (var opinion in page.Opinions)
            {
                yield return opinion;
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }

    private static async ValueTask<IReadOnlyList<object?>> RowAsync(ListedOpinion o, ShownClasses classes, CancellationToken cancel) =>
    [
        o.PredictionId, o.Model, o.Version, (long)o.Opinion, await classes.ShowAsync(o.Model, o.HasLabel ? o.Label : null, cancel), o.Annotator,
        WireText.Of(o.Given), WireText.Of(o.ShownAt), WireText.Of(o.AnsweredAt), o.HasRevealed ? o.Revealed ? "true" : "false" : null, o.Tool,
    ];
}
