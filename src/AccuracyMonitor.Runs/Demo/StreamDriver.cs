
namespace AccuracyMonitor.Runs.Demo;

/// <summary>
/// Sends the stream to the serving application at a steady rate, as its users would, and notes what only the demo knows: whether each answer
/// was right.
/// </summary>
internal sealed class StreamDriver(ImageStream stream, PredictCall call, TruthLedger truth, RankingProbe probe, TimeProvider time) : IDisposable
{
    public const int BatchSize = 64;

    /// <summary>One batch in so many is asked for its softmax vectors and ranked.</summary>
    private const int RankedEvery = 6;

    // Few, as a small fleet of callers; more would only queue in the application.
    private const int InFlight = 4;

    // Further behind than this, the stream slips rather than answers with a burst.
    private static readonly TimeSpan MaxLag = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _slots = new(InFlight, InFlight);
    private long _batches;

    /// <summary>Sends one condition.</summary>
    /// <exception cref="HttpRequestException">The application did not answer.</exception>
    public async Task RunAsync(DemoCondition condition, TimeSpan duration, int rate, CancellationToken cancel)
    {
        var interval = TimeSpan.FromSeconds((double)BatchSize / rate);
        var end = time.GetUtcNow() + duration;
        var next = time.GetUtcNow();
        List<Task> sending = [];
        while (time.GetUtcNow() < end)
        {
            await _slots.WaitAsync(cancel);
            sending.Add(SendAsync(stream.Next(condition, BatchSize), _batches++ % RankedEvery == 0, cancel));
            await CollectAsync(sending);
            next += interval;
            var now = time.GetUtcNow();
            if (next > now)
            {
                await Task.Delay(next - now, time, cancel);
            }
            else if (now - next > MaxLag)
            {
                next = now;
            }
        }

        await Task.WhenAll(sending);
    }

    public void Dispose() => _slots.Dispose();

    private async Task SendAsync(ImageBatch batch, bool ranked, CancellationToken cancel)
    {
        try
        {
            var answer = await call.PredictAsync(batch.Images, batch.Ids, ranked, cancel);
            for (var i = 0; i < batch.Ids.Length; i++)
            {
                truth.Add(answer.Time, answer.Predictions[i].Class == batch.Labels[i], answer.Predictions[i].Confidence);
            }

            if (ranked)
            {
                probe.Ask(batch, answer);
            }
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Lets go of what has ended, and of what failed with its failure.</summary>
    private static async Task CollectAsync(List<Task> sending)
    {
        foreach (var done in sending.Where(t => t.IsCompleted).ToArray())
        {
            await done;
            sending.Remove(done);
        }
    }
}
