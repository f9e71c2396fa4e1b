using AccuracyMonitor.Bridge.Tools;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccuracyMonitor.Bridge.Queue;

/// <summary>The label queue of a sidecar or a hub, over gRPC. Every call may throw <see cref="QueueException"/>.</summary>
internal sealed class LabelQueue(ChannelBase channel, BridgeOptions options, TimeProvider time)
{
    /// <summary>Bounds of the service.</summary>
    public const int MaxItems = 1000;
    private const int MaxAnnotator = 200;
    private const int MaxReason = 500;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly LabelService.LabelServiceClient _service = new(channel);
    private volatile string _classNamesVersion = "";

    /// <remarks>The lease names no annotator. Second opinions are given back, because the tool cannot ensure that another annotator gives them.</remarks>
    public async Task<IReadOnlyList<LabelItem>> LeaseAsync(int count, CancellationToken cancel)
    {
        var request = new LeaseRequest
        {
            MaxItems = (uint)Math.Min(count, MaxItems),
            LeaseDuration = Duration.FromTimeSpan(options.LeaseDuration),
            Model = options.Model,
            Version = options.Version,
        };
        var items = (await CallAsync("Lease", c => _service.LeaseAsync(request, c), cancel)).Items;
        if (items.Where(i => i.Opinion > 1).Select(i => i.LeaseId).ToArray() is { Length: > 0 } opinions)
        {
            await ReleaseAsync(opinions, cancel);
        }

        return [.. items.Where(i => i.Opinion <= 1)];
    }

    public async Task<IReadOnlyList<ItemOutcome>> ExtendAsync(IEnumerable<string> leaseIds, CancellationToken cancel)
    {
        var request = new ExtendRequest { LeaseIds = { leaseIds }, LeaseDuration = Duration.FromTimeSpan(options.LeaseDuration) };
        return (await CallAsync("Extend", c => _service.ExtendAsync(request, c), cancel)).Outcomes;
    }

    public Task ReleaseAsync(IEnumerable<string> leaseIds, CancellationToken cancel) =>
        CallAsync("Release", c => _service.ReleaseAsync(new ReleaseRequest { LeaseIds = { leaseIds } }, c), cancel);

    /// <remarks>The bridge shows no prediction to anybody, and sees to it that the tool does not either.</remarks>
    public Task<ItemOutcome> CompleteAsync(GivenAnswer given, CancellationToken cancel) => CompleteAsync(given, validateOnly: false, cancel);

    /// <summary>What <see cref="CompleteAsync(GivenAnswer, CancellationToken)"/> would do. <see cref="OutcomeCode.Replaced"/>: the label is another one.
    /// </summary>
    public Task<ItemOutcome> CheckAsync(GivenAnswer given, CancellationToken cancel) => CompleteAsync(given, validateOnly: true, cancel);

    public async Task<ItemOutcome> SkipAsync(PredictionKey key, string reason, CancellationToken cancel)
    {
        var request = new SkipRequest { Predictions = { ToRef(key) }, Reason = Cut(reason, MaxReason) };
        return (await CallAsync("Skip", c => _service.SkipAsync(request, c), cancel)).Outcomes[0];
    }

    public async Task<ItemOutcome> RetractAsync(PredictionKey key, string annotator, CancellationToken cancel)
    {
        var request = new RetractRequest { Predictions = { ToRef(key) }, Annotator = Cut(annotator, MaxAnnotator) };
        return (await CallAsync("Retract", c => _service.RetractAsync(request, c), cancel)).Outcomes[0];
    }

    /// <summary>Takes back an annotator's opinion, and never the label.</summary>
    public async Task<ItemOutcome> RetractOpinionAsync(PredictionKey key, string annotator, CancellationToken cancel)
    {
        var request = new RetractRequest { Predictions = { ToRef(key) }, Annotator = Cut(annotator, MaxAnnotator), OnlyOpinion = true };
        return (await CallAsync("Retract", c => _service.RetractAsync(request, c), cancel)).Outcomes[0];
    }

    public async Task<QueueState> StateAsync(CancellationToken cancel)
    {
        var request = new GetQueueRequest { Model = options.Model, Version = options.Version };
        return (await CallAsync("GetQueue", c => _service.GetQueueAsync(request, c), cancel)).State;
    }

    /// <returns>Null if none is stored.</returns>
    public async Task<GetInputResponse?> InputAsync(PredictionKey key, CancellationToken cancel)
    {
        var request = new GetInputRequest { Model = key.Model, Version = key.Version, PredictionId = key.PredictionId };
        try
        {
            return await CallAsync("GetInput", c => _service.GetInputAsync(request, c), cancel);
        }
        catch (QueueException e) when (e.InnerException is RpcException { StatusCode: StatusCode.NotFound })
        {
            return null;
        }
    }

    /// <returns>K of the newest request; null: there is none yet.</returns>
    public async Task<int?> ClassCountAsync(CancellationToken cancel)
    {
        var request = new ListRequestsRequest { PageSize = 1, Model = options.Model, Version = options.Version };
        var page = await CallAsync("ListRequests", c => _service.ListRequestsAsync(request, c), cancel);
        return page.Requests is [var newest] ? (int)newest.ClassCount : null;
    }

    /// <summary>The model's class names as the service has them. Answers from now on say that they were given by them.</summary>
    /// <returns>By class number; empty: it has none.</returns>
    public async Task<IReadOnlyList<string>> ClassesAsync(CancellationToken cancel)
    {
        var request = new GetClassesRequest { Model = options.Model };
        var response = await CallAsync("GetClasses", c => _service.GetClassesAsync(request, c), cancel);
        _classNamesVersion = response.Version;
        return [.. response.Classes.Select(c => c.Name)];
    }

    private async Task<ItemOutcome> CompleteAsync(GivenAnswer given, bool validateOnly, CancellationToken cancel)
    {
        var answer = new Answer
        {
            Model = given.Key.Model,
            Version = given.Key.Version,
            PredictionId = given.Key.PredictionId,
            Label = (uint)given.Label,
            Annotator = Cut(given.Annotator, MaxAnnotator),
            Tool = given.Tool,
            ClassNamesVersion = _classNamesVersion,
            AsOpinion = given.AsOpinion,
            Revealed = false,
        };
        if (given.AnsweredAt > DateTimeOffset.UnixEpoch)
        {
            answer.AnsweredAt = given.AnsweredAt.ToTimestamp();
            answer.ShownAt = given.LeadTime is { } lead ? (given.AnsweredAt - lead).ToTimestamp() : null;
        }

        var request = new CompleteRequest { Answers = { answer }, ValidateOnly = validateOnly };
        return (await CallAsync("Complete", c => _service.CompleteAsync(request, c), cancel)).Outcomes[0];
    }

    private async Task<T> CallAsync<T>(string name, Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancel)
    {
        try
        {
            using var pending = call(new CallOptions(deadline: time.GetUtcNow().UtcDateTime + Deadline, cancellationToken: cancel));
            return await pending;
        }
        catch (RpcException e) when (cancel.IsCancellationRequested && e.StatusCode == StatusCode.Cancelled)
        {
            throw new OperationCanceledException(e.Message, e, cancel);
        }
        catch (RpcException e)
        {
            // Other details may name an annotator.
            var detail = e.StatusCode == StatusCode.InvalidArgument ? $": {e.Status.Detail}" : "";
            throw new QueueException(
                $"{name} at {options.Target}: {e.StatusCode}{detail}", e.StatusCode is StatusCode.InvalidArgument or StatusCode.ResourceExhausted, e);
        }
    }

    private static PredictionRef ToRef(PredictionKey key) => new() { Model = key.Model, Version = key.Version, PredictionId = key.PredictionId };

    private static string Cut(string text, int bound) => text.Length > bound ? text[..bound] : text;
}
