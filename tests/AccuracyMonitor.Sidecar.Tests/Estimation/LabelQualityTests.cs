using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Tests.Labelling;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Estimation;

public sealed class LabelQualityTests
{
    private const int Requests = 400;

    private static readonly string[] Settings =
    [
        "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Sampling:MaxRequestsPerHour=100000", "--Labelling:SecondOpinionShare=1",
        "--Estimation:MinSamples=1", "--Estimation:MinLabels=1", "--Adaptation:RecalibrateEvery=0", "--Adaptation:FineTuneEvery=0",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Second_opinions_give_agreement_error_and_a_corrected_accuracy_beside_the_audited_one()
    {
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        await LabelServiceTests.SendAsync(sidecar, Requests);

        // The model is wrong in a fifth. Of every 20 labels and of every 20 opinions one is wrong, never of the same request: d = 0.1, and two classes.
        await AnswerAsync(sidecar, "ann", id => id % 5 == 4 || id % 20 == 0 ? 1u : 0u);
        await AnswerAsync(sidecar, "bob", id => id % 5 == 4 || id % 20 == 1 ? 1u : 0u);

        var quality = await QualityAsync(sidecar);
        (quality.Doubles, quality.NotBlind).ShouldBe(((ulong)Requests, 0.0));
        quality.Agreement.ShouldBe(0.9, 1e-9);
        quality.LabelError.ShouldBe((1 - Math.Sqrt(0.8)) / 2, 1e-9);
        quality.Kappa.ShouldBe(0.7333, 1e-4);
        (quality.AlphaLower < quality.Alpha && quality.Alpha < quality.AlphaUpper).ShouldBeTrue();
        quality.NoiseCorrected.State.ShouldBe(CorrectionState.Ok);
        quality.NoiseCorrected.Value.ShouldBe(0.5 + (0.25 / Math.Sqrt(0.8)), 1e-6);
        quality.Annotators.Select(a => (a.Annotator, a.Labels, a.Blind, a.Doubles, a.Disagreements, a.StandsOut))
            .ShouldBe([("ann", 400ul, 400ul, 400ul, 40ul, false), ("bob", 0ul, 0ul, 400ul, 40ul, false)]);
        quality.Annotators[0].MeanTime.ToTimeSpan().ShouldBe(TimeSpan.FromSeconds(2));

        await sidecar.Services.GetRequiredService<LabelQualityWorker>().RunAsync(Cancel);
        await sidecar.Services.GetRequiredService<EstimateRefresh>().RunAsync();
        var estimate = (await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1" }, cancellationToken: Cancel)).Estimate;
        estimate.NoiseCorrected.Value.ShouldBe(quality.NoiseCorrected.Value, 1e-9);
        estimate.Estimates.Single(e => e.Kind == EstimateKind.Audited).Value.ShouldBe(0.75, 1e-6, "it stays as it was");
        var metrics = await sidecar.ScrapeAsync();
        metrics.ShouldContain("accuracy_monitor_label_doubles{model=\"m\",version=\"1\"} 400");
        metrics.ShouldContain("estimate=\"noise_corrected\"");
    }

    [Fact]
    public async Task Answers_that_are_not_known_to_be_blind_are_not_corrected()
    {
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        await LabelServiceTests.SendAsync(sidecar, 150);
        await AnswerAsync(sidecar, "ann", _ => 0u, revealed: null);
        await AnswerAsync(sidecar, "bob", _ => 0u);

        var quality = await QualityAsync(sidecar);

        (quality.NoiseCorrected.State, quality.NoiseCorrected.HasValue, quality.NotBlind).ShouldBe((CorrectionState.NotBlind, false, 1.0));
        (quality.HasKappa, quality.HasAlpha).ShouldBe((false, false), "one class only");
    }

    [Fact]
    public async Task Without_second_opinions_there_is_nothing_to_correct_and_skips_give_bounds()
    {
        await using var sidecar = await TestSidecar.StartAsync([.. Settings, "--Labelling:SecondOpinionShare=0"]);
        await LabelServiceTests.SendAsync(sidecar, 100);
        var leased = await sidecar.Labels.LeaseAsync(new LeaseRequest { MaxItems = 10 }, cancellationToken: Cancel);
        await sidecar.Labels.SkipAsync(new SkipRequest { LeaseIds = { leased.Items.Select(i => i.LeaseId) } }, cancellationToken: Cancel);
        await AnswerAsync(sidecar, "ann", _ => 0u);

        var quality = await QualityAsync(sidecar);

        (quality.Doubles, quality.HasAgreement, quality.NoiseCorrected.State).ShouldBe((0ul, false, CorrectionState.TooFewDoubles));
        (quality.Skips.Skips, quality.Skips.Share).ShouldBe((10ul, 0.1));
        quality.Skips.Best.ShouldBe(1, 1e-9);
        quality.Skips.Worst.ShouldBeLessThan(0.9);
    }

    [Fact]
    public async Task One_who_disagrees_with_everybody_stands_out_until_his_labels_are_taken_back()
    {
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        await LabelServiceTests.SendAsync(sidecar, Requests);

        // Of three who answer in random order, eve is always wrong.
        var random = new Random(1);
        for (var i = 0; i < 40; i++)
        {
            var annotator = ((string[])["ann", "bob", "eve"])[random.Next(3)];
            await AnswerAsync(sidecar, annotator, _ => annotator == "eve" ? 1u : 0u, items: 10);
        }

        (await QualityAsync(sidecar)).Annotators.Where(a => a.StandsOut).Select(a => a.Annotator).ShouldBe(["eve"]);
        await sidecar.Labels.RetractByAsync(new RetractByRequest { Annotator = "eve", Since = new Timestamp() }, cancellationToken: Cancel);
        (await QualityAsync(sidecar)).Annotators.Select(a => (a.Annotator, a.StandsOut)).ShouldBe([("ann", false), ("bob", false)], ignoreOrder: true);
    }

    private static async Task AnswerAsync(TestSidecar sidecar, string annotator, Func<int, uint> label, bool? revealed = false, uint items = 1000)
    {
        var leased = await sidecar.Labels.LeaseAsync(new LeaseRequest { MaxItems = items, Annotator = annotator }, cancellationToken: Cancel);
        leased.Items.ShouldNotBeEmpty();
        var shown = DateTimeOffset.UnixEpoch.AddYears(50);
        var answers = leased.Items.Select(i =>
        {
            var answer = new Answer
            {
                LeaseId = i.LeaseId,
                Label = label(int.Parse(i.PredictionId.Split('-')[1])),
                Annotator = annotator,
                ShownAt = shown.ToTimestamp(),
                AnsweredAt = shown.AddSeconds(2).ToTimestamp(),
            };
            if (revealed is { } value)
            {
                answer.Revealed = value;
            }

            return answer;
        });
        await sidecar.Labels.CompleteAsync(new CompleteRequest { Answers = { answers } }, cancellationToken: Cancel);
    }

    private static async Task<GetLabelQualityResponse> QualityAsync(TestSidecar sidecar) =>
        await sidecar.Estimates.GetLabelQualityAsync(new GetLabelQualityRequest { Model = "m", Version = "1" }, cancellationToken: Cancel);
}
