using AccuracyMonitor.Client;
using AccuracyMonitor.Sidecar.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Sidecar.Tests.Robustness;

public sealed class RegisteredClientTests
{
    [Fact]
    public async Task What_an_application_observes_until_it_has_stopped_reaches_the_sidecar()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AccuracyMonitor:Address"] = $"unix://{Path.Combine(sidecar.Folder, "am.sock")}",
            ["AccuracyMonitor:Model"] = "registered",
            ["AccuracyMonitor:Version"] = "1",
            ["AccuracyMonitor:ClassCount"] = "4",
        });
        builder.Services.AddAccuracyMonitor(builder.Configuration.GetSection("AccuracyMonitor"));
        builder.Services.AddHostedService<LastWord>();
        await using (var app = builder.Build())
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            Observe(app.Services.GetRequiredService<MonitorClient>(), "served");
            await app.StopAsync(TestContext.Current.CancellationToken);
        }

        (await sidecar.MetricAsync("accuracy_monitor_predictions_total{model=\"registered\",version=\"1\"}")).ShouldBe(200);
    }

    private static void Observe(MonitorClient client, string prefix)
    {
        var rows = Batches.Softmax(100, 4, 1);
        for (var i = 0; i < rows.Length; i++)
        {
            client.Observe(rows[i], $"{prefix}-{i}").ShouldBeTrue();
        }
    }

    private sealed class LastWord(MonitorClient client) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Observe(client, "stopping");
            return Task.CompletedTask;
        }
    }
}
