using AccuracyMonitor.Rules.Tests.Support;

namespace AccuracyMonitor.Rules.Tests.Chain;

/// <summary>A real Alertmanager: what is critical goes to the page webhook, the rest to the ticket webhook.</summary>
internal static class AlertmanagerServer
{
    public static async Task<(RealProcess Process, string Address)> StartAsync(string folder, Uri webhooks, HttpClient http)
    {
        var configuration = Path.Combine(folder, "alertmanager.yml");
        await File.WriteAllTextAsync(configuration, $$"""
            route:
              receiver: ticket
              group_by: [alertname, namespace, model, version]
              group_wait: 100ms
              group_interval: 500ms
              repeat_interval: 1h
              routes: [{ matchers: ['severity="critical"'], receiver: page }]
            receivers:
              - { name: page, webhook_configs: [{ url: '{{webhooks}}page', send_resolved: true }] }
              - { name: ticket, webhook_configs: [{ url: '{{webhooks}}ticket', send_resolved: true }] }
            """);
        var address = $"127.0.0.1:{Ports.Free()}";
        var process = RealProcess.Start(
            "prometheus-alertmanager", $"--config.file={configuration}", $"--storage.path={Path.Combine(folder, "alertmanager")}",
            $"--web.listen-address={address}", "--cluster.listen-address=",
            "--log.level=warn");
        await process.ReadyAsync(http, new Uri($"http://{address}/-/ready"));
        return (process, address);
    }
}
