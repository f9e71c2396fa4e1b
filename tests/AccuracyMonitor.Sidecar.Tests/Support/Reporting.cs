using AccuracyMonitor.Client;

namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>A client that reports to a sidecar in a folder, and what must hold of its counts.</summary>
internal static class Reporting
{
    // Only a hang is as long as this, however slow the machine.
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(1);

    public static MonitorClientOptions Options(string folder, int classes = 4) => new()
    {
        Address = $"unix://{Path.Combine(folder, "am.sock")}",
        Model = "m",
        Version = "1",
        ClassCount = classes,
        ResponseTimeout = TimeSpan.FromMilliseconds(500),
        MaxReconnectDelay = TimeSpan.FromMilliseconds(200),
    };

    /// <summary>Observes as a serving thread does: whatever the sidecar does, every call comes back, and without an exception.</summary>
    public static async Task ServeAsync(MonitorClient client, string prefix, int rows)
    {
        var vectors = Batches.Softmax(16, client.ClassCount, 1);
        var serving = new TaskCompletionSource();
        new Thread(() =>
        {
            try
            {
                for (var i = 0; i < rows; i++)
                {
                    client.Observe(vectors[i % vectors.Length], $"{prefix}-{i}");
                }

                serving.SetResult();
            }
            catch (Exception e)
            {
                serving.SetException(e);
            }
        }).Start();
        await serving.Task.WaitAsync(Hang);
    }

    /// <summary>Everything observed has been accepted, rejected or dropped for a reason, and nothing is on its way.</summary>
    public static Task AllAccountedAsync(MonitorClient client) =>
        Eventually.TrueAsync(() => Task.FromResult(Waiting(client) == 0), $"observed = accepted + rejected + dropped; {Waiting(client)} are on their way");

    public static long Waiting(MonitorClient client) =>
        client.Counters.Observed - client.Counters.Accepted - client.Counters.Rejected - client.Counters.Dropped;

    /// <summary>By itself, predictions arrive again.</summary>
    public static async Task FlowsAsync(MonitorClient client, string prefix)
    {
        var before = client.Counters.Accepted;
        for (var i = 0; client.Counters.Accepted == before; i++)
        {
            i.ShouldBeLessThan(1200, "predictions arrive again");
            await ServeAsync(client, $"{prefix}{i}", 1);
            await Task.Delay(50);
        }
    }
}
