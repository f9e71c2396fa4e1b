using AccuracyMonitor.Core.Agreement;

namespace AccuracyMonitor.Core.Tests.Agreement;

/// <summary>ACCURACY_MONITOR_DISAGREEMENT_RUNS sets the number of simulated teams for a longer run.</summary>
public class AnnotatorDisagreementTests(ITestOutputHelper output)
{
    private const double Alpha = 0.01;
    private static readonly string[] Team = ["ann", "bob", "cat", "dan", "eve"];

    private static readonly int Runs =
        Environment.GetEnvironmentVariable("ACCURACY_MONITOR_DISAGREEMENT_RUNS") is { } text ? int.Parse(text) : 400;

    [Fact]
    public void Evidence_multiplies_by_hand_computed_bets()
    {
        // Of cat's pairs three have the disagreement on her side, none on the other: 2·∫ θ³ over (½,1] times 2³ = 3.75.
        List<DoubleLabel> doubles = [];
        for (var i = 0; i < 3; i++)
        {
            doubles.Add(By("cat", "ann", agrees: false));
            doubles.Add(By("ann", "bob", agrees: true));
        }

        var cat = AnnotatorDisagreement.Of(doubles, Alpha).Single(a => a.Annotator == "cat");

        (cat.Doubles, cat.Disagreements, cat.StandsOut).ShouldBe((3, 3, false));
        Math.Exp(cat.LogEvidence).ShouldBe(3.75, 1e-9);
        Math.Exp(cat.LogThreshold).ShouldBe(2 / Alpha, 1e-9, "the first to appear");
    }

    [Fact]
    public void Pairs_that_agree_on_both_sides_or_on_neither_say_nothing()
    {
        DoubleLabel[] doubles =
            [By("cat", "ann", true), By("ann", "bob", true), By("ann", "bob", false), By("cat", "ann", false), By("cat", "bob", false)];

        AnnotatorDisagreement.Of(doubles, Alpha).Single(a => a.Annotator == "cat").LogEvidence.ShouldBe(0, 1e-12);
    }

    [Fact]
    public void Of_two_annotators_nobody_stands_out_however_often_they_disagree()
    {
        var both = AnnotatorDisagreement.Of([.. Enumerable.Repeat(By("ann", "bob", false), 500)], Alpha);

        both.Select(a => (a.Annotator, a.Disagreements, a.StandsOut)).ShouldBe([("ann", 500, false), ("bob", 500, false)]);
    }

    [Fact]
    public void Runs_of_one_annotators_doubles_are_paired_as_those_that_alternate_are()
    {
        // Second opinions come in runs: whoever sits down answers all that are wanted.
        DoubleLabel[] runs = [.. Enumerable.Repeat(By("eve", "ann", false), 20), .. Enumerable.Repeat(By("ann", "bob", true), 20)];

        var eve = AnnotatorDisagreement.Of(runs, Alpha).Single(a => a.Annotator == "eve");

        Math.Exp(eve.LogEvidence).ShouldBe(Math.Pow(2, 21) / 21 * (1 - Math.Pow(0.5, 21)), 1);
        eve.StandsOut.ShouldBeTrue();
    }

    [Fact]
    public void What_waits_for_its_pair_is_bounded()
    {
        // Of 150 doubles the 100 newest, which agree, are paired.
        DoubleLabel[] doubles =
        [
            .. Enumerable.Repeat(By("eve", "ann", false), 50), .. Enumerable.Repeat(By("eve", "ann", true), 100),
            .. Enumerable.Repeat(By("ann", "bob", true), 150),
        ];

        AnnotatorDisagreement.Of(doubles, Alpha).Single(a => a.Annotator == "eve").LogEvidence.ShouldBe(0, 1e-12);
    }

    [SimulationFact]
    public void Among_equals_nobody_ever_stands_out_but_in_one_run_of_a_hundred()
    {
        // Looked at after every fiftieth double, for the length of a stream.
        var alarms = Enumerable.Range(0, Runs).AsParallel().Count(seed =>
        {
            var doubles = Draw(seed, 500, errs: _ => 0.08);
            return Enumerable.Range(1, 10).Any(look => AnnotatorDisagreement.Of(doubles[..(look * 50)], Alpha).Any(a => a.StandsOut));
        });

        output.WriteLine($"{alarms} of {Runs} teams of equals had an annotator who stood out ({alarms / (double)Runs:P2}); bound {Alpha:P0}");
        alarms.ShouldBeLessThanOrEqualTo((int)(2.5 * Alpha * Runs));
    }

    [SimulationFact]
    public void One_who_errs_five_times_as_often_stands_out_and_he_alone()
    {
        var found = Enumerable.Range(0, 40).AsParallel().Select(seed =>
            AnnotatorDisagreement.Of(Draw(seed, 600, errs: name => name == "eve" ? 0.25 : 0.05), Alpha).Where(a => a.StandsOut).Select(a => a.Annotator)
                .ToArray()).ToArray();

        found.Count(f => f is ["eve"]).ShouldBeGreaterThanOrEqualTo(34);
        found.ShouldAllBe(f => f.All(a => a == "eve"));
    }

    private static DoubleLabel By(string first, string second, bool agrees) => new(new Vote(first, 0), new Vote(second, agrees ? 0 : 1), 0, 1);

    private static DoubleLabel[] Draw(int seed, int count, Func<string, double> errs)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var first = random.Next(Team.Length);
            var second = (first + 1 + random.Next(Team.Length - 1)) % Team.Length;
            return new DoubleLabel(Answer(Team[first]), Answer(Team[second]), 0, 1);
        })];

        Vote Answer(string name) => new(name, random.NextDouble() < errs(name) ? 1 + random.Next(9) : 0);
    }
}
