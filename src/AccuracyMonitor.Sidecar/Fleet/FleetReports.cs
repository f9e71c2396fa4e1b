using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Fleet;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Fleet;

/// <summary>Sends what the hub has not acknowledged, one report at a time. For one caller.</summary>
internal sealed class FleetReports(
    MonitorStore store, HubCalls hub, ModelReports models, ModelPlan plan, IOptions<HubOptions> options, HubMetrics metrics, TimeProvider time,
    ILogger<FleetReports> logger)
{
    public const int MaxRows = 1000;

    /// <summary>After so long without a report an empty one goes: the hub learns that the sidecar lives, and the sidecar whether the hub is still the
    /// same.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RefusalLogInterval = TimeSpan.FromMinutes(1);

    private readonly PendingAge _age = new(time);
    private FleetSource? _source;
    private FleetBacklog _backlog;
    private TimeSpan _oldest;
    private long? _lastReport;
    private long? _lastRefusalLog;
    private ReportNumber _acknowledged;
    private ReportNumber _last;
    private long _forgottenLost;

    /// <summary>Changes that wait, and how long the oldest has waited, when a report was last tried.</summary>
    public (long Changes, TimeSpan Oldest) Waiting => (_backlog.Changes, _oldest);

    /// <summary>Sends the next piece, if there is one.</summary>
    /// <returns>Whether there is more to send at once.</returns>
    /// <exception cref="RpcException">The hub did not take it. It is sent again by the next call.</exception>
    /// <exception cref="StoreException">The store cannot be read or written now.</exception>
    public async Task<bool> SendAsync(CancellationToken cancel)
    {
        await ConnectAsync(cancel);
        var isMarking = await store.Fleet.MarkAsync(MaxRows, cancel);
        if (await store.Fleet.NextAsync(MaxRows, cancel) is not { } page)
        {
            // The database was set aside as damaged, and another has taken its place.
            _source = null;
            return true;
        }

        await ReadBacklogAsync(cancel);
        var piece = Fitting(new ReportPiece(page, await models.ChangedAsync(store.Fleet, cancel)));
        if (piece.Count == 0 && _lastReport is { } last && time.GetElapsedTime(last) < LongestSilence)
        {
            return false;
        }

        try
        {
            await SendAsync(piece, cancel);
        }
        catch (RpcException e) when (_acknowledged != default && ReportMapping.HasLostReports(e))
        {
            await StartOverAsync(cancel);
            return true;
        }

        metrics.Pending(_backlog.Changes, _oldest);
        return isMarking || piece.Changes.Count < page.Count || page.Count == MaxRows;
    }

    /// <summary>What waits now, without a report.</summary>
    public async Task ReadBacklogAsync(CancellationToken cancel)
    {
        _backlog = await store.Fleet.BacklogAsync(cancel);
        _oldest = _age.Read(_backlog.Oldest, _backlog.Last);
        metrics.Pending(_backlog.Changes, _oldest);
        if (_backlog.ForgottenLost > _forgottenLost)
        {
            SidecarLog.ForgottenNotReported(logger, _backlog.ForgottenLost);
            _forgottenLost = _backlog.ForgottenLost;
        }
    }

    private async Task ConnectAsync(CancellationToken cancel)
    {
        if (_source is not null)
        {
            return;
        }

        _source = await store.Fleet.ConnectAsync(cancel);
        (_acknowledged, _last) = (_source.Acknowledged, new ReportNumber(_source.Epoch, 0));
        models.ReportAll();
        SidecarLog.ReportingTo(logger, options.Value.Address, _source.Id, options.Value.EffectiveInstance, _source.Epoch);
    }

    private async Task StartOverAsync(CancellationToken cancel)
    {
        SidecarLog.HubWasSetBack(logger, _acknowledged.Epoch, _acknowledged.Sequence);
        await store.Fleet.StartOverAsync(cancel);
        _acknowledged = default;
        models.ReportAll();
    }

    /// <summary>As much of it as one report may hold.</summary>
    private ReportPiece Fitting(ReportPiece piece)
    {
        while (piece.Count > 1 && ReportMapping.SizeOf(piece, plan.Windows) > options.Value.MaxReportBytes)
        {
            piece = piece.Halves().First;
        }

        return piece;
    }

    private async Task<HubAnswer> SendAsync(ReportPiece piece, CancellationToken cancel)
    {
        try
        {
            var answer = await hub.ReportAsync(Report(piece), cancel);
            await AcceptAsync(piece, answer, cancel);
            return answer;
        }
        catch (RpcException e)
        {
            metrics.Failed(e.StatusCode);
            if (e.StatusCode != StatusCode.InvalidArgument || piece.Count == 0)
            {
                throw;
            }

            return await FindRefusedAsync(piece, e, cancel);
        }
    }

    /// <summary>Sends each half by itself, down to the changes that the hub does not take.</summary>
    private async Task<HubAnswer> FindRefusedAsync(ReportPiece piece, RpcException refusal, CancellationToken cancel)
    {
        if (piece.Count > 1)
        {
            var (first, second) = piece.Halves();
            await SendAsync(first, cancel);
            return await SendAsync(second, cancel);
        }

        // If this is refused too, it is not the change that the hub does not take, and the exception leaves everything marked.
        var answer = await SendAsync(ReportPiece.Empty, cancel);
        metrics.Lost(HubMetrics.Invalid, 1);
        LogRefused(1, refusal.Status.Detail);
        await AcknowledgeAsync(piece, cancel);
        return answer;
    }

    private async Task AcceptAsync(ReportPiece piece, HubAnswer answer, CancellationToken cancel)
    {
        await AcknowledgeAsync(piece, cancel);
        metrics.Reported(time.GetUtcNow());
        _lastReport = time.GetTimestamp();
        if (answer.Refused > 0)
        {
            metrics.Lost(HubMetrics.Refused, answer.Refused);
            LogRefused(answer.Refused, answer.FirstRefusal);
        }
    }

    /// <summary>Of the last report, which is the only one under way.</summary>
    private async Task AcknowledgeAsync(ReportPiece piece, CancellationToken cancel)
    {
        await store.Fleet.AcknowledgeAsync(piece.Changes, _last, cancel);
        _acknowledged = _last;
        _backlog = _backlog with { Changes = Math.Max(0, _backlog.Changes - piece.Changes.Count) };
        models.Acknowledge(piece.Models);
    }

    private HubReport Report(ReportPiece piece) => new()
    {
        Source = _source!.Id,
        Number = _last = _last with { Sequence = _last.Sequence + 1 },
        Acknowledged = _acknowledged,
        Instance = options.Value.EffectiveInstance,
        Sent = time.GetUtcNow(),
        Piece = piece,
        Left = Math.Max(0, _backlog.Changes - piece.Changes.Count),
        Oldest = _oldest,
    };

    private void LogRefused(long changes, string reason)
    {
        if (_lastRefusalLog is { } last && time.GetElapsedTime(last) < RefusalLogInterval)
        {
            return;
        }

        _lastRefusalLog = time.GetTimestamp();
        SidecarLog.ChangesRefused(logger, changes, reason);
    }
}
