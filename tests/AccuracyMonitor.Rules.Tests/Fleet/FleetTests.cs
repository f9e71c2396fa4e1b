using System.Globalization;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Rules.Tests.Support;

namespace AccuracyMonitor.Rules.Tests.Fleet;

/// <summary>
/// Three real sidecars of one model, a real Prometheus, the chart's recording rules: the fleet's accuracy and interval against the truth over the
/// pooled stream. Every repeat is a model of its own in the same sidecars.
/// </summary>
/// <remarks>
/// For a rate of coverage worth quoting: ACCURACY_MONITOR_FLEET_REPEATS=300 (and ACCURACY_MONITOR_FLEET_BUDGET, 0.1), class FleetTests alone, with
/// --output Detailed. Ids, coins and scores are fixed by the repeat, so a figure is the same each time.
/// </remarks>
public sealed class FleetTests(ITestOutputHelper output)
{
    private const int Predictions = 3000;

    // increase() extrapolates each pod's counters by up to one scrape, a pod's own: small beside so many.
    private const int Scrapes = 160;

    private const string Prefix = "namespace_model_version:accuracy_monitor_";

    private static int Repeats => int.Parse(Environment.GetEnvironmentVariable("ACCURACY_MONITOR_FLEET_REPEATS") ?? "24", CultureInfo.InvariantCulture);

    // An hour of the rules is 144 s, long enough for 24 repeats on a slow machine, and as much longer as there are more.
    private static int Faster => Math.Clamp(25 * 24 / Repeats, 1, 25);

    // An exposition grows with the models; a scrape that ran out of time would be a gap in the counters.
    private static int ScrapeMilliseconds => Math.Max(250, 5 * Repeats);

    // At 5 % the error by chance of 24 streams hides the bias of a mean over pods: the ratio of their root mean square errors was 0.42 to 0.57 by seed.
    private static string Budget => Environment.GetEnvironmentVariable("ACCURACY_MONITOR_FLEET_BUDGET") ?? "0.1";

    [Fact]
    public async Task The_fleets_accuracy_and_interval_are_those_of_the_pooled_stream()
    {
        var folder = Directory.CreateTempSubdirectory("am-fleet-");
        using var http = new HttpClient();
        await using var a = await StartAsync(folder, "a", http);
        await using var b = await StartAsync(folder, "b", http);
        await using var c = await StartAsync(folder, "c", http);
        ServedSidecar[] pods = [a, b, c];
        await using var prometheus = await PrometheusServer.StartAsync(
            folder.FullName, pods.Select(p => p.Target), RuleFiles.Write(folder.FullName, Faster), scrapeMilliseconds: ScrapeMilliseconds);
        var streams = Enumerable.Range(0, Repeats).Select(r => new FleetStream($"m{r}", Predictions, seed: r)).ToArray();

        foreach (var stream in streams)
        {
            await stream.OpenAsync(pods);
        }

        await SeenAsync(prometheus, "predictions", Repeats * pods.Length);
        var before = await ScrapeAsync(http, pods);
        foreach (var stream in streams)
        {
            await stream.RunAsync(pods);
        }

        var after = await ScrapeAsync(http, pods);
        await SeenAsync(prometheus, "predictions", Repeats * (Predictions + pods.Length));
        await SeenAsync(prometheus, "label_moment", streams.Sum(s => PodSums.Read(after, s.Model).Labels.W), moment: "w");
        await Eventually.TrueAsync(
            async () => await prometheus.QueryAsync($"min(count_over_time(accuracy_monitor_predictions_total[1h])) >= {Scrapes}") is [_],
            $"{Scrapes} scrapes of each pod");
        await prometheus.EvaluatedAnewAsync();

        // Every rule has been recorded for this instant once a later evaluation has begun: sums and ratios of one evaluation, and of no other.
        var instant = DateTimeOffset.UtcNow;
        await prometheus.EvaluatedAnewAsync();
        (await prometheus.FailedRulesAsync()).ShouldBeEmpty();
        await JudgeAsync(prometheus, instant, streams, before, after);
        folder.Delete(recursive: true);
    }

    private async Task JudgeAsync(PrometheusServer prometheus, DateTimeOffset instant, FleetStream[] streams, string[] before, string[] after)
    {
        var (estimates, lowers, uppers) = (
            await ByModelAsync(prometheus, instant, $"{Prefix}accuracy:ratio{{estimate=\"audited\",range=\"1h\"}}"),
            await ByModelAsync(prometheus, instant, $"{Prefix}accuracy_lower_bound:ratio{{estimate=\"audited\",range=\"1h\",confidence=\"0.95\"}}"),
            await ByModelAsync(prometheus, instant, $"{Prefix}accuracy_upper_bound:ratio{{estimate=\"audited\",range=\"1h\",confidence=\"0.95\"}}"));
        var recorded = (await prometheus.QueryAsync($"{{__name__=~\"namespace_model_version(_moment)?:accuracy_monitor_.*:increase\",range=\"1h\"}}", instant))
            .ToLookup(s => s["model"], StringComparer.Ordinal);
        var (held, width, square, averaged) = (0, 0.0, 0.0, 0.0);
        var (inRules, extrapolated, ofBounds) = (0.0, 0.0, 0.0);
        foreach (var stream in streams)
        {
            var sums = PodSums.Read(after, stream.Model).Less(PodSums.Read(before, stream.Model));
            sums.Predictions.ShouldBe(Predictions);
            var expected = FleetAccuracy.Estimate(sums.Predictions, sums.Scores, sums.Labels, 0.05);
            var (value, lower, upper) = (estimates[stream.Model], lowers[stream.Model], uppers[stream.Model]);

            // The rules' own arithmetic, on the sums that they have recorded: nothing but rounding may differ.
            var own = PodSums.Of(
                recorded[stream.Model].ToDictionary(s => PodSums.NameOf(CounterOf(s["__name__"]), s["moment"]), s => s.Value, StringComparer.Ordinal));
            var exact = FleetAccuracy.Estimate(own.Predictions, own.Scores, own.Labels, 0.05);
            inRules = new[] { inRules, Math.Abs(value - exact.Value), Math.Abs(lower - exact.Lower), Math.Abs(upper - exact.Upper) }.Max();
            extrapolated = Math.Max(extrapolated, Math.Abs(value - expected.Value));
            value.ShouldBe(exact.Value, 1e-9, stream.Model);
            lower.ShouldBe(exact.Lower, 1e-6, stream.Model);
            upper.ShouldBe(exact.Upper, 1e-6, stream.Model);
            ofBounds = new[] { ofBounds, Math.Abs(lower - expected.Lower), Math.Abs(upper - expected.Upper) }.Max();
            held += lower <= stream.Truth && stream.Truth <= upper ? 1 : 0;
            width += (upper - lower) / streams.Length;
            square += Math.Pow(value - stream.Truth, 2) / streams.Length;
            averaged += Math.Pow(MeanOfPods(before, after, stream.Model) - stream.Truth, 2) / streams.Length;
        }

        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{streams.Length} streams of {Predictions} predictions, budget {Budget}: the 95 % interval held {(double)held / streams.Length:P1}, mean "
                    + $"width {100 * width:F1} points, RMSE {100 * Math.Sqrt(square):F2}; a mean over pods: RMSE {100 * Math.Sqrt(averaged):F2}"));
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Rules and Core on the same sums: at most {inRules:0.0e0} apart; extrapolation of the counters moves an estimate by at most "
                    + $"{100 * extrapolated:F2} points"));

        // What the pods counted and what the rules saw: increase() extrapolates by up to one scrape in so many, differently in each pod.
        extrapolated.ShouldBeLessThan(0.002);
        ofBounds.ShouldBeLessThan(0.01);
        ((double)held / streams.Length).ShouldBeGreaterThanOrEqualTo(0.9);

        Math.Sqrt(square).ShouldBeLessThan(Math.Sqrt(averaged) / 2, "sums over pods, and not a mean of ratios");
    }

    /// <summary>level:accuracy_monitor_COUNTER:increase.</summary>
    private static string CounterOf(string recorded) => recorded.Split(':')[1]["accuracy_monitor_".Length..];

    private static double MeanOfPods(string[] before, string[] after, string model) => before.Zip(after)
        .Select(p => PodSums.Read([p.Second], model).Less(PodSums.Read([p.First], model)))
        .Where(s => s.Labels.W > 0)
        .Average(s => s.Labels.WY / s.Labels.W);

    private static Task<ServedSidecar> StartAsync(DirectoryInfo folder, string name, HttpClient http) => ServedSidecar.StartAsync(
        folder.FullName, name, http, $"--Sampling:Budget={Budget}", "--Sampling:Seed=1", $"--Intake:MaxModels={Repeats}", "--Adaptation:RecalibrateEvery=0",
        "--Estimation:RefreshInterval=10s", "--Estimation:Windows:0=1m");

    private static async Task<string[]> ScrapeAsync(HttpClient http, ServedSidecar[] pods) =>
        await Task.WhenAll(pods.Select(p => http.GetStringAsync(new Uri($"http://{p.Target}/metrics"))));

    private static async Task SeenAsync(PrometheusServer prometheus, string counter, double total, string? moment = null) => await Eventually.TrueAsync(
        async () => await prometheus.QueryAsync(
            $"sum(accuracy_monitor_{counter}_total{{{(moment is null ? "" : $"moment=\"{moment}\"")}}})") is [{ Value: var value }]
                && Math.Abs(value - total) <= 1e-6 * total, $"{counter} of {total} are scraped");

    private static async Task<Dictionary<string, double>> ByModelAsync(PrometheusServer prometheus, DateTimeOffset instant, string expression) =>
        (await prometheus.QueryAsync(expression, instant)).ToDictionary(s => s["model"], s => s.Value, StringComparer.Ordinal);
}
