using System.CommandLine;
using System.Runtime.CompilerServices;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Cli.Labels;

/// <summary>The options that say which label requests are meant.</summary>
/// <param name="states">When the user names none; empty: every state.</param>
internal sealed class RequestFilter(params RequestState[] states)
{
    private const uint PageSize = 1000;

    private readonly Option<string> _model = new("--model") { Description = "Only this model.", DefaultValueFactory = _ => "" };
    private readonly Option<string> _version = new("--model-version") { Description = "Only this version.", DefaultValueFactory = _ => "" };

    private readonly Option<RequestState[]> _states = new("--state")
    {
        Description = $"Only these states, separated by commas: waiting, leased, answered, skipped, expired, retracted. [default: {Default(states)}]",
        CustomParser = result =>
        {
            List<RequestState> named = [];
            foreach (var text in result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries))
            {
                if (System.Enum.TryParse<RequestState>(text, ignoreCase: true, out var state) && state != RequestState.Unspecified
                    && System.Enum.IsDefined(state) && !char.IsAsciiDigit(text[0]))
                {
                    named.Add(state);
                }
                else
                {
                    result.AddError($"--state has '{text}'; it must be waiting, leased, answered, skipped, expired or retracted.");
                }
            }

            return [.. named];
        },
    };

    private readonly Option<DateTimeOffset?> _since = TimeOption.Create("--since", "Only predictions made at or after this time");
    private readonly Option<DateTimeOffset?> _until = TimeOption.Create("--until", "Only predictions made before this time");

    private readonly Option<string> _annotator = new("--annotator")
    {
        Description = "Only requests that this annotator answered last or holds now.",
        DefaultValueFactory = _ => "",
    };

    private readonly Option<bool> _reveal = new("--reveal")
    {
        Description = "Also print the model's answer. Do not show it to annotators: they tend to agree with it.",
    };

    public void AddTo(Command command)
    {
        System.CommandLine.Option[] all = [_model, _version, _states, _since, _until, _annotator, _reveal];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }
    }

    public bool Reveal(SidecarCall call) => call.Value(_reveal);

    /// <summary>The requests, newest first.</summary>
    public async IAsyncEnumerable<ListedRequest> ReadAsync(SidecarCall call, [EnumeratorCancellation] CancellationToken cancel)
    {
        var request = new ListRequestsRequest
        {
            PageSize = PageSize,
            Model = call.Value(_model),
            Version = call.Value(_version),
            States = { call.Parsed.GetResult(_states) is null ? states : call.Value(_states) },
            Since = call.Value(_since)?.ToTimestamp(),
            Until = call.Value(_until)?.ToTimestamp(),
            Annotator = call.Value(_annotator),
            Reveal = call.Value(_reveal),
        };
        var service = new LabelService.LabelServiceClient(call.Channel);
        do
        {
            var page = await service.ListRequestsAsync(request, cancellationToken: cancel);
            foreach (var listed in page.Requests)
            {
                yield return listed;
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }

    private static string Default(RequestState[] states) => states.Length == 0 ? "all" : string.Join(',', states).ToLowerInvariant();
}
