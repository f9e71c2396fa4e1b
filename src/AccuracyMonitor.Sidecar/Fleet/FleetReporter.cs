using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Fleet;

/// <summary>Reports to the hub at an interval, and after failures less often. Nothing else waits for it.</summary>
internal sealed class FleetReporter(FleetReports reports, IOptions<HubOptions> options, TimeProvider time, WorkFailures failures, ILogger<FleetReporter> logger)
    : PeriodicWorker("Reporting to the hub", options.Value.Interval, time, failures)
{
    /// <summary>A hub that is away for less is being replaced, which is nobody's concern.</summary>
    public static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan PauseAtStop = TimeSpan.FromMilliseconds(200);

    private readonly ReportPause _pause = new(time);
    private Failure? _failure;

    /// <summary>Why nothing has been reported for longer than <see cref="Tolerated"/>; null: it was.</summary>
    public string? Problem => Volatile.Read(ref _failure) is { } failure && Time.GetElapsedTime(failure.Since) is var away && away > Tolerated
        ? $"the hub has not taken a report for {away.TotalSeconds:0} s ({failure.Reason}); {reports.Waiting.Changes} changes wait"
        : null;

    /// <exception cref="StoreException">The store cannot be read or written now.</exception>
    public override async Task RunAsync(CancellationToken cancel)
    {
        if (!_pause.IsOver)
        {
            return;
        }

        try
        {
            while (await reports.SendAsync(cancel))
            {
            }

            _pause.Succeeded();
            Succeeded();
        }
        catch (RpcException e)
        {
            var pause = _pause.Failed(e.StatusCode, e.GetRpcStatus()?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan());
            Failed(e, pause);
        }
    }

    /// <summary>Reports for the last time, after the last window sums were written.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var limit = new CancellationTokenSource(options.Value.FlushTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await FlushAsync(either.Token);
            await reports.ReadBacklogAsync(CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            await reports.ReadBacklogAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is StoreException or ObjectDisposedException)
        {
            SidecarLog.WorkFailed(logger, "Reporting to the hub for the last time", e.Message);
        }

        if (reports.Waiting.Changes > 0)
        {
            SidecarLog.NotAllReported(logger, reports.Waiting.Changes, reports.Waiting.Oldest.TotalSeconds);
        }
    }

    /// <summary>A hub that was away before is asked once.</summary>
    private async Task FlushAsync(CancellationToken cancel)
    {
        var isAway = _failure is not null;
        while (true)
        {
            try
            {
                while (await reports.SendAsync(cancel))
                {
                }

                return;
            }
            catch (RpcException e) when (!isAway && ReportPause.IsRetried(e.StatusCode))
            {
                await Task.Delay(PauseAtStop, Time, cancel);
            }
            catch (RpcException e)
            {
                Failed(e, TimeSpan.Zero);
                return;
            }
        }
    }

    private void Succeeded()
    {
        if (_failure is { } failure)
        {
            SidecarLog.HubAnswersAgain(logger, Time.GetElapsedTime(failure.Since).TotalSeconds);
            Volatile.Write(ref _failure, null);
        }
    }

    private void Failed(RpcException error, TimeSpan pause)
    {
        var reason = $"{error.StatusCode}: {error.Status.Detail}";
        if (_failure is null || _failure.Status != error.StatusCode)
        {
            SidecarLog.HubFailed(logger, reason, reports.Waiting.Changes, pause.TotalSeconds);
        }

        Volatile.Write(ref _failure, new Failure(_failure?.Since ?? Time.GetTimestamp(), error.StatusCode, reason));
    }

    /// <param name="Since">Timestamp of the first failure since a report was taken.</param>
    private sealed record Failure(long Since, StatusCode Status, string Reason);
}
