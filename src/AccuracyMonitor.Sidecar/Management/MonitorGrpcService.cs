using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Monitors;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Management;

internal sealed class MonitorGrpcService(
    MonitorStore store,
    ModelRegistry registry,
    MonitorManager manager,
    HeadRecalibration heads,
    NetworkFineTuning networks,
    FineTuner tuning,
    ModelEraser eraser,
    MonitorSignatures signatures) : MonitorService.MonitorServiceBase
{
    public override async Task<ListMonitorsResponse> ListMonitors(ListMonitorsRequest request, ServerCallContext context)
    {
        var stored = await store.Monitors.ListAsync(request.Model, request.Version, context.CancellationToken);
        List<MonitorDescription> all = [.. stored.Select(Describe)];
        var known = stored.Select(s => (s.Monitor.Key, s.Monitor.MonitorVersion)).ToHashSet();
        foreach (var model in registry.Models.Where(m => Matches(request.Model, m.Key.Model) && Matches(request.Version, m.Key.Version)))
        {
            if (!known.Contains((model.Key, model.Monitor.Version)))
            {
                all.Add(Describe(model));
            }
        }

        var (page, next) = Paging.Page(all, m => string.Join('\n', m.Model, m.Version, m.MonitorVersion), request.PageSize, request.PageToken);
        return new ListMonitorsResponse { Monitors = { page }, NextPageToken = next };
    }

    public override async Task<RegisterMonitorResponse> RegisterMonitor(RegisterMonitorRequest request, ServerCallContext context)
    {
        CheckName("model", request.Model);
        CheckName("version", request.Version);
        var key = new ModelKey(request.Model, request.Version);
        int? classes = registry.TryGet(key, out var model) ? model.ClassCount : null;
        var file = request.Onnx.ToByteArray();
        try
        {
            signatures.Check(file, request.Signature);
        }
        catch (MonitorFileException e)
        {
            throw RpcErrors.Invalid("signature", e.Message, "MONITOR_SIGNATURE_REFUSED");
        }

        try
        {
            var (row, outcome) = await manager.RegisterAsync(key, classes, file, context.Actor());
            return outcome == RegisterOutcome.Conflict
                ? throw RpcErrors.Precondition("MONITOR_CONFLICT", $"{key} has another monitor of version {row.MonitorVersion}.")
                : new RegisterMonitorResponse { Monitor = Describe(new MonitorListing(row, Active: false, Decision: null)) };
        }
        catch (MonitorFileException e)
        {
            throw RpcErrors.Invalid("onnx", e.Message, "MONITOR_FILE_REFUSED");
        }
    }

    public override async Task<ActivateMonitorResponse> ActivateMonitor(ActivateMonitorRequest request, ServerCallContext context)
    {
        var model = Find(request.Model, request.Version);
        if (!await model.TryManageAsync(context.CancellationToken))
        {
            throw Unknown(model.Key);
        }

        try
        {
            return await manager.ActivateAsync(model, request.MonitorVersion, context.Actor()) is { } row
                ? new ActivateMonitorResponse { Monitor = Describe(new MonitorListing(row, Active: true, Decision: null)) }
                : throw RpcErrors.NotFound("UNKNOWN_MONITOR", $"{model.Key} has no registered monitor '{request.MonitorVersion}'.");
        }
        catch (MonitorFileException e)
        {
            throw RpcErrors.Precondition("MONITOR_FILE_REFUSED", e.Message);
        }
        finally
        {
            model.Management.Release();
        }
    }

    public override async Task<RollBackMonitorResponse> RollBackMonitor(RollBackMonitorRequest request, ServerCallContext context)
    {
        var model = Find(request.Model, request.Version);
        if (!await model.TryManageAsync(context.CancellationToken))
        {
            throw Unknown(model.Key);
        }

        try
        {
            return await manager.RollBackAsync(model, context.Actor()) is { } row
                ? new RollBackMonitorResponse { Monitor = Describe(new MonitorListing(row, Active: true, Decision: null)) }
                : throw RpcErrors.Precondition("NO_EARLIER_MONITOR", $"{model.Key} has no champion before {model.Monitor.Version}.");
        }
        catch (MonitorFileException e)
        {
            throw RpcErrors.Precondition("MONITOR_FILE_REFUSED", e.Message);
        }
        finally
        {
            model.Management.Release();
        }
    }

    public override async Task<AdaptMonitorResponse> AdaptMonitor(AdaptMonitorRequest request, ServerCallContext context)
    {
        var model = Find(request.Model, request.Version);
        if (!System.Enum.IsDefined(request.Kind))
        {
            throw RpcErrors.Invalid(
                "kind",
                $"kind is {(int)request.Kind}; it must be {(int)AdaptationKind.Recalibration} (head) or {(int)AdaptationKind.FineTuning} (network).");
        }

        if (request.Kind == AdaptationKind.FineTuning && tuning.Obstacle(model.Monitor) is { } reason)
        {
            throw RpcErrors.Precondition(tuning.IsOff ? "TRAINING_OFF" : "TRAINING_UNAVAILABLE", reason);
        }

        var by = context.Actor();
        var decision = request.Kind == AdaptationKind.FineTuning
            ? await Task.Run(() => networks.RunAsync(model, by, context.CancellationToken), context.CancellationToken)
            : await Task.Run(() => heads.RunAsync(model, by, context.CancellationToken), context.CancellationToken);
        return new AdaptMonitorResponse { Decision = ToWire(decision), Monitor = Describe(model) };
    }

    public override async Task<DeleteModelResponse> DeleteModel(DeleteModelRequest request, ServerCallContext context)
    {
        CheckName("model", request.Model);
        var (deleted, erased) = await eraser.RunAsync(request.Model, request.Version, context.Actor(), context.CancellationToken);
        return new DeleteModelResponse { Requests = (ulong)deleted.Requests, Monitors = (uint)deleted.Monitors, Erased = erased };
    }

    private ModelState Find(string model, string version)
    {
        CheckName("model", model);
        CheckName("version", version);
        var key = new ModelKey(model, version);
        return registry.TryGet(key, out var state) ? state : throw Unknown(key);
    }

    private static RpcException Unknown(ModelKey key) => RpcErrors.NotFound("UNKNOWN_MODEL", $"No prediction of {key} has been seen, or not for a long time.");

    private static MonitorDescription Describe(ModelState model)
    {
        var metadata = model.Monitor.Scorer.Metadata;
        return new MonitorDescription
        {
            MonitorVersion = model.Monitor.Version,
            Model = model.Key.Model,
            Version = model.Key.Version,
            Kind = model.Monitor.Scorer.Kind,
            Encoding = metadata?.Encoding.ToString() ?? "MaximumSoftmax",
            ClassCount = (uint)model.ClassCount,
            Members = (uint)(metadata?.Members ?? 0),
            Active = true,
        };
    }

    private static MonitorDescription Describe(MonitorListing listing)
    {
        var monitor = listing.Monitor;
        var properties = MonitorProperties.FromJson(monitor.Metadata);
        return new MonitorDescription
        {
            MonitorVersion = monitor.MonitorVersion,
            Model = monitor.Key.Model,
            Version = monitor.Key.Version,
            Kind = monitor.Kind,
            Encoding = properties.Encoding,
            ClassCount = (uint)properties.ClassCount,
            Members = (uint)properties.Members,
            ParentVersion = monitor.Parent ?? "",
            Active = listing.Active,
            Created = monitor.CreatedAt.ToTimestamp(),
            TrainingLabels = (uint)monitor.TrainingLabels,
            Decision = listing.Decision is { } decision ? ToWire(decision) : null,
        };
    }

    private static PromotionDecision ToWire(PromotionRow row) => new()
    {
        Promoted = row.Promoted,
        Reason = row.Reason,
        ChampionLoss = row.ChampionLoss,
        ChallengerLoss = row.ChallengerLoss,
        StandardError = row.StandardError,
        Labels = (uint)row.Labels,
        Decided = row.DecidedAt.ToTimestamp(),
        Kind = row.Kind switch
        {
            PromotionKind.Recalibration => AdaptationKind.Recalibration,
            PromotionKind.FineTuning => AdaptationKind.FineTuning,
            _ => AdaptationKind.Unspecified,
        },
    };

    private static bool Matches(string filter, string value) => filter.Length == 0 || string.Equals(filter, value, StringComparison.Ordinal);

    private static void CheckName(string field, string value)
    {
        if (value.Length is 0 or > 128)
        {
            throw RpcErrors.Invalid(field, $"{field} has {value.Length} characters; it must have 1 to 128.");
        }
    }
}
