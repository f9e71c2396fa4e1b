using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sequences;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Sidecar.Truth;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Truth;
using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Truth;

public sealed class TruthTests
{
    private static readonly string[] Settings =
    [
        "--Sampling:Budget=0.2", "--Sampling:Policy=Uniform", "--Sampling:MaxRequestsPerHour=100000", "--Estimation:MinSamples=1", "--Estimation:MinLabels=1",
        "--Adaptation:RecalibrateEvery=0", "--Truth:Remember=true", "--Truth:Window=1m", "--Truth:JudgeInterval=100ms",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Truth_for_every_prediction_is_realized_and_the_audited_estimate_hears_of_the_chosen_ones_alone()
    {
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        await SendAsync(sidecar, "earlier", 10, minutesAgo: 30);
        var items = await SendAsync(sidecar, "p", 400, minutesAgo: 20);
        var chosen = items.Where(i => i.LabelRequested).Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        await RememberedAsync(sidecar, 400);

        // The model is right where it was audited, and wrong everywhere else.
        var outcomes = await TruthAsync(sidecar, items.Select(i => (i.Id, chosen.Contains(i.Id) ? 0u : 1u)));

        outcomes.Where((_, i) => chosen.Contains(items[i].Id)).ShouldAllBe(o => o.Code == OutcomeCode.Ok);
        outcomes.Where((_, i) => !chosen.Contains(items[i].Id)).ShouldAllBe(o => o.Code == OutcomeCode.KeptApart);
        var estimate = (await sidecar.Estimates.GetEstimateAsync(
            new GetEstimateRequest { Model = "m", Version = "1", Window = Duration.FromTimeSpan(TimeSpan.FromHours(1)) }, cancellationToken: Cancel)).Estimate;
        estimate.Labels.ShouldBe((ulong)chosen.Count);
        estimate.Estimates.Single(e => e.Kind == EstimateKind.Audited).Value.ShouldBe(1, 1e-9);

        var share = chosen.Count / 400.0;
        await Eventually.TrueAsync(async () => (await ListAsync(sidecar)).Realized.Count > 0, "the stretch is judged");
        var realized = (await ListAsync(sidecar)).Realized.Single();
        (realized.Predictions, realized.Known).ShouldBe((400u, 400u));
        (realized.Value, realized.Lower, realized.Upper).ShouldBe((share, share, share));
        realized.LabelFree.Windows.ShouldBe(1u);
        realized.LabelFree.MeanError.ShouldBeGreaterThan(0.1);
        (await sidecar.MetricAsync("accuracy_monitor_accuracy_ratio{model=\"m\",version=\"1\",segment=\"\",window=\"1m\",estimate=\"realized\"}"))
            .ShouldBe(share);
        (await sidecar.MetricAsync("accuracy_monitor_judged_windows{model=\"m\",version=\"1\",estimate=\"label_free\"}")).ShouldBe(1);
    }

    [Fact]
    public async Task Intervals_of_closed_windows_are_compared_with_what_came_true()
    {
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        var start = Minute(-40);
        await SendAsync(sidecar, "earlier", 1, minutesAgo: 50);
        foreach (var (id, minutesAgo, sent) in new[] { ("a", 39.5, 100), ("b", 29.5, 200) })
        {
            var items = await SendAsync(sidecar, id, 100, minutesAgo);
            await RememberedAsync(sidecar, sent);
            await TruthAsync(sidecar, items.Select((item, i) => (item.Id, i < 20 ? 1u : 0u)));
        }

        var store = sidecar.Services.GetRequiredService<MonitorStore>();
        await store.Windows.ReplaceClosedAsync(
            new ModelKey("m", "1"),
            [
                new ClosedWindow(start, start.AddMinutes(5), 0.83, 0.02, 60),
                new ClosedWindow(start.AddMinutes(5), start.AddMinutes(6), 0.5, 0.02, 60),
                new ClosedWindow(start.AddMinutes(10), start.AddMinutes(15), 0.9, 0.02, 60),
            ],
            Cancel);

        await sidecar.Services.GetRequiredService<TruthWorker>().JudgeAsync(Cancel);

        var audited = sidecar.Services.GetRequiredService<LatestRealized>().All.Single().Audited;
        (audited.Windows, audited.Covered).ShouldBe((2, 1L), "a window without a prediction is not judged");
        audited.MeanError.ShouldBe(0.065, 1e-9);
        audited.RootMeanSquareError.ShouldBe(Math.Sqrt(((0.03 * 0.03) + (0.1 * 0.1)) / 2), 1e-9);
    }

    [Fact]
    public async Task An_incomplete_stretch_is_not_published()
    {
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        await SendAsync(sidecar, "earlier", 1, minutesAgo: 50);
        var items = await SendAsync(sidecar, "p", 100, minutesAgo: 20);
        await RememberedAsync(sidecar, 100);
        await TruthAsync(sidecar, items.Take(98).Select(i => (i.Id, 0u)));

        await sidecar.Services.GetRequiredService<TruthWorker>().JudgeAsync(Cancel);
        sidecar.Services.GetRequiredService<LatestRealized>().All.ShouldBeEmpty();

        await TruthAsync(sidecar, [(items[98].Id, 1u)]);
        await sidecar.Services.GetRequiredService<TruthWorker>().JudgeAsync(Cancel);
        var accuracy = sidecar.Services.GetRequiredService<LatestRealized>().All.Single().Latest.Accuracy;
        (accuracy.Lower, accuracy.Upper).ShouldBe((0.98, 0.99));
    }

    [Fact]
    public async Task Nothing_is_remembered_unless_it_is_set()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Sampling:Budget=0.0001", "--Sampling:Policy=Uniform");
        await SendAsync(sidecar, "p", 10, minutesAgo: 0);

        (await TruthAsync(sidecar, [("p-0", 0u)])).Single().Code.ShouldBe(OutcomeCode.NotFound);
        sidecar.Services.GetRequiredService<TruthBuffer>().Take().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_store_cannot_take_in_time_is_dropped_and_counted()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var buffer = new TruthBuffer(
            Options.Create(new TruthOptions { Remember = true }), sidecar.Services.GetRequiredService<AccuracyMonitorMetrics>());
        var prediction = new RememberedPrediction
        {
            Key = new ModelKey("m", "1"),
            ClassCount = 2,
            PredictionId = "p",
            Time = DateTimeOffset.UnixEpoch,
            PredictedClass = 0,
            Score = 0.5,
        };
        for (var i = 0; i < TruthBuffer.Most + 2; i++)
        {
            buffer.Add(prediction);
        }

        buffer.Take().Count.ShouldBe(TruthBuffer.Most);
        buffer.Take().ShouldBeEmpty();
        (await sidecar.MetricAsync("accuracy_monitor_dropped_total{reason=\"truth_buffer\"}")).ShouldBe(2);
    }

    private static DateTimeOffset Minute(double fromNow)
    {
        var time = TimeProvider.System.GetUtcNow().AddMinutes(fromNow);
        return new DateTimeOffset(time.Ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
    }

    private static async Task<IReadOnlyList<ItemResult>> SendAsync(TestSidecar sidecar, string prefix, int rows, double minutesAgo)
    {
        var batch = Batches.Of([.. Enumerable.Repeat(new[] { 0.8f, 0.2f }, rows)], Batches.Ids(prefix, rows));
        batch.Time = (minutesAgo == 0 ? TimeProvider.System.GetUtcNow() : Minute(-minutesAgo)).ToTimestamp();
        return (await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: Cancel)).Items;
    }

    /// <param name="predictions">Without those of the oldest stretch.</param>
    private static Task RememberedAsync(TestSidecar sidecar, int predictions) => Eventually.TrueAsync(
        async () => (await sidecar.Services.GetRequiredService<MonitorStore>().Truth.RealizedAsync(new ModelKey("m", "1"), TimeSpan.FromMinutes(1), Cancel))
            .Sum(s => s.Predictions) == predictions,
        $"{predictions} predictions are remembered");

    private static async Task<IReadOnlyList<ItemOutcome>> TruthAsync(TestSidecar sidecar, IEnumerable<(string Id, uint Label)> truths) =>
        (await sidecar.Labels.CompleteAsync(
            new CompleteRequest { Answers = { truths.Select(t => Truth(t.Id, t.Label)) }, AllPredictions = true }, cancellationToken: Cancel)).Outcomes;

    private static Answer Truth(string id, uint label) => new() { Model = "m", Version = "1", PredictionId = id, Label = label };

    private static Task<ListEstimatesResponse> ListAsync(TestSidecar sidecar) =>
        sidecar.Estimates.ListEstimatesAsync(new ListEstimatesRequest(), cancellationToken: Cancel).ResponseAsync;
}
