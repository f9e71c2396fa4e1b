using System.Globalization;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Cli.Tables;
using AccuracyMonitor.V1;
using Grpc.Core;

namespace AccuracyMonitor.Cli.Labels.Files;

/// <summary>
/// Gives the labels of a file to a sidecar, a thousand a call. What a call has answered is durable there, and giving it again changes nothing.
/// </summary>
/// <param name="call">Of the command.</param>
/// <param name="path">For messages.</param>
/// <param name="send">Makes one call; one outcome for each row.</param>
internal sealed class ImportRun(SidecarCall call, string path, Func<LabelRow[], CancellationToken, Task<IReadOnlyList<ItemOutcome>>> send)
{
    private const int RowsOfCall = 1000;
    private const int MostTries = 6;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(1);

    private readonly Dictionary<OutcomeCode, long> _outcomes = [];
    private readonly TimeProvider _time = TimeProvider.System;

    /// <summary>Rows that were not applied.</summary>
    public long Rejected { get; private set; }

    public long Of(OutcomeCode code) => _outcomes.GetValueOrDefault(code);

    public async Task RunAsync(LabelFileContent content, CancellationToken cancel)
    {
        foreach (var rejected in content.Rejected)
        {
            await RejectAsync(rejected);
        }

        var (done, reported) = (0, _time.GetTimestamp());
        try
        {
            foreach (var rows in content.Rows.Chunk(RowsOfCall))
            {
                await TakeAsync(rows, await SendAsync(rows, cancel));
                done += rows.Length;
                if (_time.GetElapsedTime(reported) >= BetweenReports || done == content.Rows.Count)
                {
                    reported = _time.GetTimestamp();
                    await call.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{path}: {done:N0} of {content.Rows.Count:N0} labels sent"));
                }
            }
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException)
        {
            await call.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{path}: stopped after {done:N0} of {content.Rows.Count:N0} labels; run it again, what was given stays."));
            throw;
        }
    }

    private async Task<IReadOnlyList<ItemOutcome>> SendAsync(LabelRow[] rows, CancellationToken cancel)
    {
        for (var (attempt, wait) = (1, FirstWait); ; attempt++, wait *= 2)
        {
            try
            {
                return await send(rows, cancel);
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.ResourceExhausted && attempt < MostTries)
            {
                await Task.Delay(wait, _time, cancel);
            }
        }
    }

    private async Task TakeAsync(LabelRow[] rows, IReadOnlyList<ItemOutcome> outcomes)
    {
        foreach (var (row, outcome) in Outcomes.Pair(rows, outcomes))
        {
            if (Outcomes.IsDone(outcome.Code))
            {
                Count(outcome.Code, 1);
                Count(OutcomeCode.Unchanged, row.Repeats.Count);
                continue;
            }

            var reason = outcome.Reason.Length > 0 ? outcome.Reason : WireText.Of(outcome.Code);
            foreach (var place in row.Repeats.Prepend(row.Place))
            {
                await RejectAsync(new RejectedRow(place, outcome.Code == OutcomeCode.NotFound ? "id" : "label", reason));
            }
        }
    }

    private void Count(OutcomeCode code, int rows) => _outcomes[code] = _outcomes.GetValueOrDefault(code) + rows;

    private async Task RejectAsync(RejectedRow row)
    {
        Rejected++;
        await call.Error.WriteLineAsync(row.ToString());
    }
}
