using System.Globalization;
using AccuracyMonitor.Runs.Tables;
using AccuracyMonitor.V1;
using Grpc.Core;

namespace AccuracyMonitor.Runs.Labels;

/// <summary>
/// Gives the labels of a file to a sidecar, a thousand a call. What a call has answered is durable there, and giving it again changes nothing.
/// </summary>
/// <param name="path">Of the file, for messages.</param>
/// <param name="send">Makes one call; one outcome for each row.</param>
/// <param name="say">Told each row that is not applied.</param>
/// <param name="progress">Told how many labels were sent.</param>
/// <param name="time">Waits before a call is tried again.</param>
internal sealed class LabelImport(
    string path, Func<LabelRow[], CancellationToken, Task<IReadOnlyList<ItemOutcome>>> send, Action<string> say, IProgress<int> progress, TimeProvider time)
{
    private const int RowsOfCall = 1000;
    private const int MostTries = 6;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<OutcomeCode, long> _outcomes = [];

    /// <summary>Rows that were not applied.</summary>
    public long Rejected { get; private set; }

    public long Of(OutcomeCode code) => _outcomes.GetValueOrDefault(code);

    public async Task RunAsync(LabelFileContent content, CancellationToken cancel)
    {
        foreach (var rejected in content.Rejected)
        {
            Reject(rejected);
        }

        var done = 0;
        try
        {
            foreach (var rows in content.Rows.Chunk(RowsOfCall))
            {
                Take(rows, await SendAsync(rows, cancel));
                done += rows.Length;
                progress.Report(done);
            }
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException)
        {
            say(string.Create(
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
                await Task.Delay(wait, time, cancel);
            }
        }
    }

    private void Take(LabelRow[] rows, IReadOnlyList<ItemOutcome> outcomes)
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
                Reject(new RejectedRow(place, outcome.Code == OutcomeCode.NotFound ? "id" : "label", reason));
            }
        }
    }

    private void Count(OutcomeCode code, int rows) => _outcomes[code] = _outcomes.GetValueOrDefault(code) + rows;

    private void Reject(RejectedRow row)
    {
        Rejected++;
        say(row.ToString());
    }
}
