using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.Fuzz;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Sidecar.Tests.Fuzz;

/// <summary>What browsers send to the label page's calls: a refusal is an answer in JSON that says why, and never 500.</summary>
public sealed class PageFuzzTests
{
    private static readonly string[] Posts =
    [
        """lease {"maxItems":2,"leaseDuration":"600s","model":"m","version":"1","annotator":"ann"}""",
        """extend {"leaseIds":["a","b"],"leaseDuration":"1.5s"}""",
        """release {"leaseIds":["a"]}""",
        """complete {"answers":[{"leaseId":"a","label":1,"annotator":"ann","shownAt":"2026-03-01T12:00:00Z","revealed":false,"tool":"page"}]}""",
        """complete {"answers":[{"model":"m","version":"1","predictionId":"p-0","className":"boot","classNamesVersion":"1"}],"validateOnly":true}""",
        """skip {"leaseIds":["a"],"reason":"blurred","predictions":[{"model":"m","version":"1","predictionId":"p-1"}]}""",
        """retract {"predictions":[{"model":"m","version":"1","predictionId":"p-0"}],"annotator":"ann"}""",
        """sign-in {"token":"abc"}""",
    ];

    private static readonly string[] Gets =
    [
        "session", "classes?model=m", "guidelines?model=m", "progress?model=m&version=1&annotator=ann&minutes=600", "requests?model=m&version=1", "models",
    ];

    [Fact]
    public Task Calls_with_a_body() => RunAsync(Posts, (http, text) =>
    {
        var parts = text.Split(' ', 2);
        var body = new ByteArrayContent(Encoding.Latin1.GetBytes(parts.ElementAtOrDefault(1) ?? ""));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return http.PostAsync(PathOf(parts[0]), body);
    });

    [Fact]
    public Task Calls_with_a_query() => RunAsync(Gets, (http, text) => http.GetAsync(PathOf(text)));

    private static Uri PathOf(string call)
    {
        var escaped = Uri.EscapeDataString(call);
        foreach (var (code, character) in ((string, string)[])[("%3F", "?"), ("%3D", "="), ("%26", "&")])
        {
            escaped = escaped.Replace(code, character, StringComparison.Ordinal);
        }

        return new Uri($"/label/api/{escaped}", UriKind.Relative);
    }

    private static async Task RunAsync(string[] corpus, Func<HttpClient, string, Task<HttpResponseMessage>> send)
    {
        await using var sidecar = await TestSidecar.StartAsync("--Sampling:Budget=1", "--Sampling:Policy=Uniform");
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(Batches.Softmax(8, classes: 2, seed: 1), Batches.Ids("p", 8)) });
        using var http = new HttpClient { BaseAddress = new Uri(sidecar.HttpAddress) };
        byte[][] inputs = [.. corpus.Select(Encoding.Latin1.GetBytes)];
        await FuzzRun.RunAsync(400, seed => new Mutator(seed, inputs, most: 2).Next, async input =>
        {
            using var answer = await send(http, Encoding.Latin1.GetString(input));
            var body = await answer.Content.ReadAsStringAsync();
            ((int)answer.StatusCode).ShouldBeLessThan(500, body);
            if (answer.Content.Headers.ContentType?.MediaType is "application/json")
            {
                using var json = JsonDocument.Parse(body);
                json.RootElement.TryGetProperty("error", out _).ShouldBe(!answer.IsSuccessStatusCode);
            }

            return answer.StatusCode == HttpStatusCode.OK;
        });

        foreach (var kind in (string[])["call", "http"])
        {
            (await sidecar.MetricAsync($"accuracy_monitor_internal_errors_total{{kind=\"{kind}\"}}")).ShouldBe(0);
        }
    }
}
