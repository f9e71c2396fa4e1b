using System.Globalization;
using AccuracyMonitor.Core;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Inputs;
using AccuracyMonitor.Sidecar.Truth;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.V1;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using ItemResult = AccuracyMonitor.Storage.Labelling.ItemResult;

namespace AccuracyMonitor.Sidecar.Labelling;

internal sealed class LabelGrpcService(
    MonitorStore store, LabelApplier applier, ClassCalls classes, LabellingFiles files, InputStore inputs, TruthWriter truth, AgreedClock clock,
    IOptions<LabellingOptions> options)
    : LabelService.LabelServiceBase
{
    /// <summary>Pieces of <see cref="LabelChecks.MaxItems"/> labels that one call of RetractBy takes back at most.</summary>
    private const int MaxPieces = 10;
    private const int MaxSkipReason = 500;
    private static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLease = TimeSpan.FromHours(12);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    public override async Task<LeaseResponse> Lease(LeaseRequest request, ServerCallContext context)
    {
        if (request.MaxItems > LabelChecks.MaxItems)
        {
            throw RpcErrors.Invalid("max_items", $"max_items is {request.MaxItems}; it must lie between 1 and {LabelChecks.MaxItems}.");
        }

        var query = new LeaseQuery
        {
            MaxItems = Math.Max(1, (int)request.MaxItems),
            Duration = LeaseDuration(request.LeaseDuration),
            Model = request.Model,
            Version = request.Version,
            Annotator = context.Annotator("annotator", request.Annotator, request.Model),
            Reveals = request.Reveals,
        };
        var leased = await store.LeaseAsync(query, clock.Read().Now, context.CancellationToken);
        inputs.CountMissing(leased);
        return new LeaseResponse { Items = { leased.Select(LabelMapping.ToItem) } };
    }

    public override async Task<ExtendResponse> Extend(ExtendRequest request, ServerCallContext context)
    {
        LabelChecks.Count("lease_ids", request.LeaseIds.Count);
        var results = await store.ExtendAsync(request.LeaseIds, LeaseDuration(request.LeaseDuration), clock.Read().Now, context.CancellationToken);
        return new ExtendResponse { Outcomes = { results.Select(ToOutcome) } };
    }

    public override async Task<ReleaseResponse> Release(ReleaseRequest request, ServerCallContext context)
    {
        LabelChecks.Count("lease_ids", request.LeaseIds.Count);
        var results = await store.ReleaseAsync(request.LeaseIds, clock.Read().Now, context.CancellationToken);
        return new ReleaseResponse { Outcomes = { results.Select(ToOutcome) } };
    }

    public override async Task<SkipResponse> Skip(SkipRequest request, ServerCallContext context)
    {
        LabelChecks.Count(request.Predictions.Count == 0 ? "lease_ids" : "lease_ids and predictions", request.LeaseIds.Count + request.Predictions.Count);
        if (request.Reason.Length > MaxSkipReason)
        {
            throw RpcErrors.Invalid("reason", $"reason has {request.Reason.Length} characters; it may have at most {MaxSkipReason}.");
        }

        var predictions = References(request.Predictions, context);
        var origin = new Origin(context.Actor(), clock.Read().Now);
        var response = new SkipResponse();
        if (request.LeaseIds.Count > 0)
        {
            response.Outcomes.AddRange(
                (await applier.WriteAsync(() => store.SkipAsync(request.LeaseIds, request.Reason, origin, CancellationToken.None), Skipped)).Select(ToOutcome));
        }

        if (predictions.Length > 0)
        {
            response.Outcomes.AddRange(
                (await applier.WriteAsync(() => store.SkipAsync(predictions, request.Reason, origin, CancellationToken.None), Skipped)).Select(ToOutcome));
        }

        return response;
    }

    public override Task<CompleteResponse> Complete(CompleteRequest request, ServerCallContext context) =>
        classes.Answers.CompleteAsync(request, context);

    public override async Task<RetractResponse> Retract(RetractRequest request, ServerCallContext context)
    {
        LabelChecks.Count("predictions", request.Predictions.Count);
        var refs = References(request.Predictions, context);
        var annotator = context.Annotator("annotator", request.Annotator, OneModel(request.Predictions));
        var by = context.Actor();
        var changes = await applier.WriteAsync(() => request.OnlyOpinion
            ? store.RetractOpinionsAsync(refs, annotator, new Origin(by, clock.Time.GetUtcNow()))
            : store.RetractAsync(refs, annotator, new Origin(by, clock.Time.GetUtcNow())));
        return new RetractResponse { Outcomes = { changes.Select(LabelMapping.ToOutcome) } };
    }

    /// <remarks>In pieces, between which other writes are let through. Each is durable by itself: a call that fails midway can be made again.</remarks>
    public override async Task<RetractByResponse> RetractBy(RetractByRequest request, ServerCallContext context)
    {
        if (request.Annotator.Length == 0)
        {
            throw RpcErrors.Invalid("annotator", "annotator is empty; it must name whose labels are taken back.");
        }

        Annotators.CheckLength("annotator", request.Annotator);
        var since = request.Since ?? throw RpcErrors.Invalid("since", "since is missing; labels given at or after it are taken back.");
        var query = new AnnotatorQuery
        {
            Annotator = request.Annotator,
            Since = WireTimes.ToTime("since", since),
            Model = request.Model,
            Version = request.Version,
            Limit = LabelChecks.MaxItems,
        };
        var by = context.Actor();
        var response = new RetractByResponse { More = true };
        for (var piece = 0; piece < MaxPieces && response.More; piece++)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var changes = await applier.WriteAsync(() => store.RetractByAsync(query, new Origin(by, clock.Time.GetUtcNow())));
            response.Retracted += (uint)changes.Count(c => !c.IsOpinion);
            response.RetractedOpinions += (uint)changes.Count(c => c.IsOpinion);
            response.More = changes.Count == LabelChecks.MaxItems;
        }

        return response;
    }

    public override async Task<AttachInputResponse> AttachInput(AttachInputRequest request, ServerCallContext context)
    {
        var (key, input) = InputMapping.Read(request);
        return InputMapping.ToResponse(request, await inputs.AttachAsync(key, request.PredictionId, input, context.Actor()), inputs.MaxBytes);
    }

    public override async Task<GetInputResponse> GetInput(GetInputRequest request, ServerCallContext context) =>
        InputMapping.ToResponse(
            request, await inputs.FindAsync(InputMapping.Read(request), request.PredictionId, context.Actor().Subject, context.CancellationToken));

    /// <remarks>Not cancelled by a client that goes: what the store has forgotten must also reach the windows.</remarks>
    public override async Task<ForgetResponse> Forget(ForgetRequest request, ServerCallContext context)
    {
        LabelChecks.Count("prediction_ids", request.PredictionIds.Count);
        LabelChecks.Named("model", request.Model);
        LabelChecks.Named("version", request.Version);
        var origin = new Origin(context.Actor(), clock.Time.GetUtcNow());
        await truth.FlushAsync(CancellationToken.None);
        var key = new ModelKey(request.Model, request.Version);
        var forgotten = await applier.WriteAsync(
            () => store.ForgetAsync(key, request.PredictionIds, origin, CancellationToken.None),
            deleted =>
            {
                foreach (var prediction in deleted.Requests)
                {
                    applier.Forgotten(prediction);
                }
            });

        return new ForgetResponse { Forgotten = (uint)forgotten.Predictions, Erased = await store.EraseAsync(CancellationToken.None) };
    }

    public override async Task<GetQueueResponse> GetQueue(GetQueueRequest request, ServerCallContext context) =>
        new() { State = LabelMapping.ToState(await store.CountsAsync(request.Model, request.Version, context.CancellationToken)) };

    public override Task<GetClassesResponse> GetClasses(GetClassesRequest request, ServerCallContext context)
    {
        LabelChecks.Named("model", request.Model);
        return Task.FromResult(LabelMapping.ToClasses(files.ClassesOf(request.Model), files.GuidelinesOf(request.Model)));
    }

    public override async Task Watch(WatchRequest request, IServerStreamWriter<WatchResponse> responseStream, ServerCallContext context)
    {
        QueueState? last = null;
        using var timer = new PeriodicTimer(WatchInterval, clock.Time);
        do
        {
            var state = LabelMapping.ToState(await store.CountsAsync(request.Model, request.Version, context.CancellationToken));
            if (!state.Equals(last))
            {
                await responseStream.WriteAsync(new WatchResponse { State = state }, context.CancellationToken);
                last = state;
            }
        }
        while (await timer.WaitForNextTickAsync(context.CancellationToken));
    }

    public override async Task<ListRequestsResponse> ListRequests(ListRequestsRequest request, ServerCallContext context)
    {
        Annotators.CheckLength("annotator", request.Annotator);
        var (query, size) = RequestListMapping.ToQuery(request);
        query = query with { WithheldFrom = context.WithheldFrom(request.Model, request.Withhold) };
        var requests = await store.RequestsAsync(query, context.CancellationToken);
        return new ListRequestsResponse
        {
            Requests = { requests.Take(size).Select(r => RequestListMapping.ToWire(r, request.Reveal)) },
            NextPageToken = requests.Count > size ? requests[size - 1].Place.ToString(CultureInfo.InvariantCulture) : "",
        };
    }

    public override async Task<ListOpinionsResponse> ListOpinions(ListOpinionsRequest request, ServerCallContext context)
    {
        Annotators.CheckLength("annotator", request.Annotator);
        var (query, size) = OpinionListMapping.ToQuery(request);
        query = query with { WithheldFrom = context.WithheldFrom(request.Model, always: false) };
        var opinions = await store.Annotators.OpinionsAsync(query, context.CancellationToken);
        return new ListOpinionsResponse
        {
            Opinions = { opinions.Take(size).Select(OpinionListMapping.ToWire) },
            NextPageToken = opinions.Count > size ? opinions[size - 1].Place.ToString(CultureInfo.InvariantCulture) : "",
        };
    }

    public override Task<SetGoldResponse> SetGold(SetGoldRequest request, ServerCallContext context) => classes.Gold.SetAsync(request, context);

    private void Skipped(IReadOnlyList<ItemResult> results)
    {
        foreach (var result in results)
        {
            if (result is { Outcome: LabelOutcome.Ok, Request: { } skipped })
            {
                applier.Unanswered(skipped, result.PreviousState);
            }
        }
    }

    private static (ModelKey, string)[] References(RepeatedField<PredictionRef> predictions, ServerCallContext context)
    {
        foreach (var prediction in predictions)
        {
            context.Require(Roles.Label, prediction.Model);
        }

        return [.. predictions.Select(p => (new ModelKey(p.Model, p.Version), p.PredictionId))];
    }

    private static ItemOutcome ToOutcome(ItemResult result) =>
        LabelMapping.ToOutcome(result.Outcome, result.Request?.PredictionId ?? "", result.Reason);

    private TimeSpan LeaseDuration(Duration? asked)
    {
        if (asked is null)
        {
            return options.Value.LeaseDuration;
        }

        return WireDurations.ToTimeSpan(asked) is { } length && length >= ShortestLease && length <= LongestLease
            ? length
            : throw RpcErrors.Invalid(
                "lease_duration", $"lease_duration is {WireDurations.Describe(asked)}; it must lie between {ShortestLease} and {LongestLease}.");
    }

    /// <summary>The model of all of them, or empty.</summary>
    private static string OneModel(IReadOnlyCollection<PredictionRef> predictions) =>
        predictions.Select(p => p.Model).Distinct(StringComparer.Ordinal).ToArray() is [var model] ? model : "";
}
