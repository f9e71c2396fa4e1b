using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace AccuracyMonitor.Benchmarks.Attacks;

/// <summary>Events whose names are long: they are copied per row, or kept as the name of a model.</summary>
internal static class LongNames
{
    public static readonly Attack LongIds = new("long-id", "one event of 96 kB, an id of 20,000 characters and 12,000 rows", LongIdsAsync);

    public static readonly Attack ManyNames = new("long-model-names", "400 events, a model name of 1 MB each", ManyNamesAsync);

    private static async Task<string> LongIdsAsync(AttackedSidecar sidecar, CancellationToken cancel)
    {
        var rows = new StringBuilder();
        for (var i = 0; i < 12_000; i++)
        {
            rows.Append(i == 0 ? "" : ",").Append("1,0");
        }

        var data = $$"""{"model_name":"m","outputs":[{"name":"o","datatype":"FP32","shape":[12000,2],"data":[{{rows}}]}]}""";
        using var http = new HttpClient();
        var status = await SendAsync(http, sidecar, Structured(new string('i', 20_000), data), cancel);
        await Task.Delay(TimeSpan.FromSeconds(3), cancel);
        return $"answered {status}; {await FailuresAsync(sidecar, cancel)}";
    }

    private static async Task<string> ManyNamesAsync(AttackedSidecar sidecar, CancellationToken cancel)
    {
        using var http = new HttpClient();
        var answered = 0;
        for (var i = 0; i < 400 && sidecar.IsAlive; i++)
        {
            var name = i.ToString(CultureInfo.InvariantCulture) + new string('n', 1_000_000);
            var data = $$"""{"model_name":"{{name}}","outputs":[{"name":"o","datatype":"FP32","shape":[1,2],"data":[1,0]}]}""";
            answered += await SendAsync(http, sidecar, Structured($"{i}", data), cancel) == 200 ? 1 : 0;
        }

        await Task.Delay(TimeSpan.FromSeconds(2), cancel);
        return $"{answered} answered 200; {await FailuresAsync(sidecar, cancel)}";
    }

    /// <summary>A CloudEvent in structured mode, as a header of this length would be refused.</summary>
    internal static string Structured(string id, string data) =>
        $$"""{"id":"{{id}}","type":"org.kubeflow.serving.inference.response","source":"s","specversion":"1.0","component":"predictor","data":{{data}}}""";

    internal static async Task<int> SendAsync(HttpClient http, AttackedSidecar sidecar, string json, CancellationToken cancel)
    {
        using var content = new StringContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/cloudevents+json");
        try
        {
            using var answer = await http.PostAsync(new Uri($"http://127.0.0.1:{sidecar.SinkPort}/"), content, cancel);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    internal static async Task<string> FailuresAsync(AttackedSidecar sidecar, CancellationToken cancel)
    {
        var lines = await sidecar.MetricsAsync(cancel);
        return string.Join("; ", lines.Where(l =>
            (l.StartsWith("accuracy_monitor_capture_failures_total{", StringComparison.Ordinal)
                || l.StartsWith("accuracy_monitor_rejected_total{", StringComparison.Ordinal)) && !l.EndsWith(" 0", StringComparison.Ordinal))
            .Select(l => l["accuracy_monitor_".Length..]));
    }
}
