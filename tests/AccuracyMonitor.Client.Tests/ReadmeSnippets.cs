using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace AccuracyMonitor.Client.Tests;

/// <summary>The snippets of the client's page, compiled. <see cref="ReadmeTests"/> compares them.</summary>
internal static class ReadmeSnippets
{
    public static void FromConfiguration(WebApplicationBuilder builder) =>
        builder.Services.AddAccuracyMonitor(builder.Configuration.GetSection("AccuracyMonitor"));

    public static void InCode(WebApplicationBuilder builder) =>
        builder.Services.AddAccuracyMonitor(o =>
        {
            o.Model = "fashion";
            o.Version = "1";
            o.ClassCount = 10;
        });

    public static void TwoModels(WebApplicationBuilder builder)
    {
        builder.Services.AddAccuracyMonitor("digits", builder.Configuration.GetSection("AccuracyMonitor:Digits"));
        builder.Services.AddAccuracyMonitor("signs", builder.Configuration.GetSection("AccuracyMonitor:Signs"));
    }

    public static void OneLine(MonitorClient monitor, float[] softmax, string predictionId) =>
        monitor.Observe(softmax, predictionId);

    public static async Task WithoutHostAsync()
    {
        await using var monitor = MonitorClient.Connect(new MonitorClientOptions
        {
            Address = "https://monitor.internal:7700",
            CertificateAuthorityFile = "/etc/ssl/monitor-ca.pem",
            TokenFile = "/var/run/secrets/monitor/token",
            Model = "fashion",
            Version = "1",
            ClassCount = 10,
        });
    }

    public static void Attach(MonitorClient monitor, float[] softmax, string predictionId, byte[] jpeg)
    {
        var held = new KeepRing<byte[]>(capacity: 8192, lifetime: TimeSpan.FromSeconds(15));
        monitor.AttachFrom(held, "image/jpeg", static image => image);

        held.Hold(predictionId, jpeg);
        monitor.Observe(softmax, predictionId);
    }

    public static async Task KeepAsync(MonitorClient monitor, KeepRing<byte[]> held, CancellationToken stopping)
    {
        await foreach (var request in monitor.LabelRequests().WithCancellation(stopping))
        {
            if (held.TryTake(request.PredictionId, out var wanted))
            {
                await SaveForLabellingAsync(request.PredictionId, wanted);
            }
        }

        static Task SaveForLabellingAsync(string id, byte[] input) => Task.CompletedTask;
    }
}
