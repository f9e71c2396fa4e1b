using AccuracyMonitor.Client;
using AccuracyMonitor.Sidecar.Tests.Support;
using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Sidecar.Tests.Clients;

public sealed class RejectionLogTests
{
    [Fact]
    public async Task A_client_whose_model_gives_logits_warns_once_with_the_reason_and_the_count()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var log = new LogRecorder();
        var options = new MonitorClientOptions { Address = $"unix://{Path.Combine(sidecar.Folder, "am.sock")}", Model = "m", Version = "1", ClassCount = 3 };
        await using (var client = MonitorClient.Connect(options, log))
        {
            for (var i = 0; i < 200; i++)
            {
                client.Observe([4.5f, -1, 2], $"{i}");
            }

            await Eventually.TrueAsync(() => Task.FromResult(client.Counters.Rejected == 200), "all are rejected");
        }

        var warnings = log.Entries.Where(e => e.Level == LogLevel.Warning).Select(e => e.Message).ToList();
        warnings.ShouldNotBeEmpty();
        warnings.Count.ShouldBeLessThan(3, "the first batch, and the rest when the client closes");
        warnings.ShouldAllBe(w => w.Contains("predictions of m 1", StringComparison.Ordinal) && w.Contains("accepted 0. Reasons: ", StringComparison.Ordinal));
    }
}
