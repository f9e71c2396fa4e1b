using AccuracyMonitor.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Client;

/// <summary>Sends what the batcher makes over one connection after another, and reads the answers. Whatever goes wrong is counted and tried again.</summary>
internal sealed class Reporter(
    MonitorClientOptions options, GrpcChannel channel, Batcher batches, ClientCounters counters, LossReport losses,
    Action<ItemResult> labelRequested, ILogger logger, TimeProvider time)
{
    private const int MaxTop = 64;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);

    // From another seed in each client: those of a sidecar that restarts shall not come back at the same moment.
    private readonly Random _random = new(HashCode.Combine(Environment.ProcessId, time.GetTimestamp()));

    // An encoding's number and, above it, how many values. Written by the reading half of the loop.
    private volatile int _sufficient = (int)ValueEncoding.Float32;

    /// <summary>What the sidecar last said suffices, full precision until then.</summary>
    public ValueEncoding Encoding => Wanted().Encoding;

    /// <param name="stop">Send what is left, then end.</param>
    /// <param name="abort">End.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        var delay = FirstDelay;
        for (var attempt = 0; ; attempt++)
        {
            if (attempt > 0)
            {
                counters.CountReconnect();
            }

            delay = await ConnectionAsync(stop, abort) ? FirstDelay : delay;
            if (!stop.IsCancellationRequested)
            {
                await Task.Delay(delay * (0.5 + (_random.NextDouble() / 2)), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (stop.IsCancellationRequested)
            {
                return;
            }

            delay = delay * 2 < options.MaxReconnectDelay ? delay * 2 : options.MaxReconnectDelay;
        }
    }

    /// <summary>One connection's life, until stopped or failed.</summary>
    /// <returns>The sidecar answered at least once.</returns>
    private async Task<bool> ConnectionAsync(CancellationToken stop, CancellationToken abort)
    {
        using var inFlight = new InFlight(options.MaxInFlight);
        using var ended = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var aborting = abort.Register(ended.Cancel);
        try
        {
            using var call = new PredictionService.PredictionServiceClient(channel).Observe(cancellationToken: ended.Token);
            var reading = ReadAsync(call.ResponseStream, inFlight, ended.Token);
            try
            {
                await SendAsync(call.RequestStream, reading, inFlight, ended, stop);
                await reading.WaitAsync(options.ResponseTimeout, time, ended.Token);
            }
            finally
            {
                await ended.CancelAsync();
                await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
#pragma warning disable CA1031 // Whatever goes wrong here must not reach the serving application.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ClientLog.ConnectionLost(logger, options.Address, e.Message);
        }

        counters.CountDisconnected(inFlight.Unanswered);
        return inFlight.AnsweredAny;
    }

    private async Task SendAsync(
        IClientStreamWriter<ObserveRequest> requests, Task reading, InFlight inFlight, CancellationTokenSource ended, CancellationToken stop)
    {
        for (ulong sequence = 0; await batches.NextAsync(reading, Wanted, stop) is { } batch; sequence++)
        {
            // Counted from here on, whatever ends the wait: what was taken from the ring is answered or lost.
            inFlight.Taken(batch.Ids.Count);
            var place = inFlight.WaitAsync(options.ResponseTimeout, time, ended.Token);
            if (await Task.WhenAny(place, reading) == reading)
            {
                return;
            }

            if (!await place)
            {
                throw new TimeoutException($"No answer for {options.ResponseTimeout}.");
            }

            try
            {
                // A sidecar that is stopped takes no more than its window; the write would wait for ever.
                ended.CancelAfter(options.ResponseTimeout);
                await requests.WriteAsync(new ObserveRequest { Batch = batch, Sequence = sequence, Brief = true }, ended.Token);
                ended.CancelAfter(Timeout.InfiniteTimeSpan);
            }
            catch (RpcException e) when (sequence == 0 && NeverConnected(e))
            {
                inFlight.Clear();
                batches.GiveBack(batch);
                throw;
            }
        }

        if (!reading.IsCompleted)
        {
            await requests.CompleteAsync();
        }
    }

    // The first write waits for the connection, so that without one nothing has left this process.
    private static bool NeverConnected(RpcException e) => e.Status.DebugException is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
    };

    private async Task ReadAsync(IAsyncStreamReader<ObserveResponse> responses, InFlight inFlight, CancellationToken cancel)
    {
        await foreach (var response in responses.ReadAllAsync(cancel))
        {
            var rows = inFlight.Answered();
            if (response.Error is { } error)
            {
                counters.CountRefused(rows);
                ClientLog.BatchRefused(logger, rows, error.Reason, error.Message);
                losses.Refused(rows, error.Message.Length > 0 ? error.Message : error.Reason);
                losses.Answered();
                continue;
            }

            counters.CountAnswered(response.Accepted, response.Rejected);
            _sufficient = Sufficient(response);
            foreach (var item in response.Items)
            {
                if (item.LabelRequested)
                {
                    labelRequested(item);
                }
                else if (item.Status is not (ItemStatus.Accepted or ItemStatus.Duplicate))
                {
                    losses.Rejected(item.Reason);
                    ClientLog.ItemRejected(logger, item.Id, item.Reason);
                }
            }

            losses.Answered();
        }
    }

    /// <summary>Ignores encodings that this client version does not know.</summary>
    private static int Sufficient(ObserveResponse response)
    {
        var encoding = response.SufficientEncoding;
        var isKnown = Enum.IsDefined(encoding) && (encoding != ValueEncoding.Top || response.SufficientTop > 0);
        return isKnown ? (int)encoding | (int)Math.Min(response.SufficientTop, MaxTop) << 8 : (int)ValueEncoding.Float32;
    }

    private (ValueEncoding Encoding, int Top) Wanted() =>
        options.ShorterEncodings ? ((ValueEncoding)(_sufficient & 0xFF), _sufficient >> 8) : (ValueEncoding.Float32, 0);
}
