using System.Globalization;
using System.Xml.Linq;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Evaluation.Judging;
using AccuracyMonitor.Evaluation.Judging.Windows;
using AccuracyMonitor.Evaluation.Report;

namespace AccuracyMonitor.Evaluation.Tests.Judging;

public class EvaluationPageTests
{
    private static readonly EvaluationOptions Settings = new()
    {
        Budget = new LabelBudget(40, IsShare: false),
        Repeats = 2,
        Seed = 7,
        EarlierLabels = 300,
        Methods = ["ac", "monitor", "uniform-wilson", "audited"],
    };

    [Fact]
    public void Page_OfOneFile_HasFourPlotsWithNamesAndDescriptions()
    {
        var page = Parse(EvaluationPage.Page(Settings, Result("a")));

        page.Descendants("h2").Select(h => h.Value)
            .ShouldBe(["Estimate against truth", "Error by method", "Are scores probabilities?", "Coverage by family", "All numbers"]);
        var svgs = page.Descendants("svg").ToArray();
        svgs.Select(s => s.Element("title")!.Value).ShouldBe(
        [
            "audited: estimate over truth", "uniform-wilson: estimate over truth", "monitor: estimate over truth",
            "With labels of the window: error by method", "Without labels of the window: error by method",
            "monitor: share right over score",
            "audited: coverage", "uniform-wilson: coverage", "monitor: coverage",
        ]);
        svgs.ShouldAllBe(s => s.Attribute("role")!.Value == "img" && s.Element("desc")!.Value.Length > 20);
        page.Descendants("dd").Select(d => d.Value).ShouldBe(["40", "all rows of the condition", "2", "2 in 1 file", "300", "95 %", "7"]);
    }

    [Fact]
    public void Page_Always_FetchesNothing()
    {
        var page = EvaluationPage.Page(Settings, Result("a", "b"));

        page.ShouldNotContain("http");
        page.ShouldNotContain("url(");
        page.ShouldNotContain("@import");
        Parse(page).Descendants().Where(e => e.Name.LocalName is "script" or "link" or "img"
            || e.Attributes().Any(a => a.Name.LocalName is "src" or "href" || a.Name.LocalName.StartsWith("on", StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    public void Page_OfNamesThatAreMarkup_ShowsThemAsText()
    {
        const string Evil = "<b>&\"'";
        var page = EvaluationPage.Page(Settings, Result(Evil) with { Failures = [new FileFailure("/traces/<i>.npz", "row 1: '<script>' is no number")] });

        page.ShouldNotContain("<b>");
        page.ShouldNotContain("<script");
        var body = Parse(page);
        body.Descendants("li").Single().Value.ShouldBe("<i>.npz: row 1: '<script>' is no number");
        body.Descendants("circle").SelectMany(c => c.Descendants("title"))
            .ShouldContain(t => t.Value.StartsWith($"{Evil} clean: truth 0.900", StringComparison.Ordinal));
        body.Descendants("td").Select(t => t.Value).ShouldContain($"{Evil} fog_3");
    }

    [Fact]
    public void Page_InAnotherCulture_IsTheSame()
    {
        var expected = EvaluationPage.Page(Settings, Result("a", "b"));
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
            EvaluationPage.Page(Settings, Result("a", "b")).ShouldBe(expected);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void Page_OfSeveralFiles_HasAPartForEach()
    {
        var parts = Parse(EvaluationPage.Page(Settings, Result("a", "b"))).Descendants("details").ToArray();

        parts.Select(p => p.Element("summary")!.Value).ShouldBe(["a: 2 conditions, 3 classes", "b: 2 conditions, 3 classes"]);
        parts.ShouldAllBe(p => p.Descendants("table").Count() == 1 && p.Descendants("svg").Count() == 6);
        parts[0].Descendants("td").ShouldNotContain(t => t.Value.StartsWith("b ", StringComparison.Ordinal));
    }

    [Fact]
    public void Page_WithoutAConditionJudged_TellsOnlyWhatFailed()
    {
        var page = Parse(EvaluationPage.Page(Settings, new EvaluationResult([], [], [new FileFailure("a.npz", "cut off")])));
        page.Descendants("h2").Single().Value.ShouldBe("Not judged");
        page.Descendants("svg").ShouldBeEmpty();
    }

    [Fact]
    public void Estimates_WhoseIntervalMissed_AreDiamondsAndCounted()
    {
        var plots = EstimatePlots.Of(Result("a").Conditions).Select(XElement.Parse).ToArray();

        // Axes from 0.3, the tenth under the least bound: a truth of 0.9 and an estimate of 0.88.
        var audited = plots[0];
        audited.Element("figcaption")!.Value.ShouldBe("1 of 2 intervals missed the truth");
        audited.Descendants("path").Single().Value.ShouldBe("a fog_3: truth 0.500, estimate 0.700, interval 0.600 to 0.800");
        var point = audited.Descendants("circle").Single();
        Number(point, "cx").ShouldBe(38 + (250 * 0.6 / 0.7), 0.06);
        Number(point, "cy").ShouldBe(290 - 36 - (212 * 0.58 / 0.7), 0.06);
        plots[1].Descendants("path").ShouldBeEmpty();
    }

    [Fact]
    public void Errors_MarkTheWorstConditionOnTheScaleOfTheBars()
    {
        var result = Result("a");
        var figures = ErrorBars.Of(result.Conditions, PooledResult.Of(result.Conditions, Settings.Methods)).Select(XElement.Parse).ToArray();

        // audited is off by 0.02 in clean and by 0.2 in fog: √((4 + 400)/2) points.
        figures[0].Element("figcaption")!.Value.ShouldBe("Least: uniform-wilson, 1.00 points");
        figures[0].Descendants("desc").Single().Value.ShouldBe("uniform-wilson 1.00, at worst 1.00 (a clean); audited 14.21, at worst 20.00 (a fog_3)");

        // One scale for both groups: from half of the least, 0.5, to a tenth above the 45 points that ac is off by in fog.
        var bars = figures[0].Descendants("rect").ToArray();
        bars.Select(b => Number(b, "width")).ShouldBe([152 * Math.Log(2) / Math.Log(99), 152 * Math.Log(2 * 14.2127) / Math.Log(99)], 0.06);
        figures[0].Descendants("path").Last().Attribute("d")!.Value.ShouldStartWith(Markup.Text($"M{162 + (152 * Math.Log(40) / Math.Log(99)):0.#} "));
    }

    [Theory]
    [InlineData(4, 9, false, "0 2 4 6 8 10")]
    [InlineData(0, 0.004, false, "0 0.001 0.002 0.003 0.004")]
    [InlineData(0.9, 20, true, "1 3 10")]
    [InlineData(0.05, 80, true, "0.1 1 10")]
    [InlineData(0, 0, false, "0 0.2 0.4 0.6 0.8 1")]
    public void ErrorScale_IsLogarithmicWhereErrorsAreMoreThanTenfoldApart(double least, double largest, bool logarithmic, string ticks)
    {
        var scale = new ErrorScale([least, largest]);
        scale.IsLogarithmic.ShouldBe(logarithmic);
        string.Join(' ', scale.Ticks.Select(t => Markup.Text($"{t:0.###}"))).ShouldBe(ticks);
        scale.Place(0).ShouldBe(0);
        scale.Place(largest).ShouldBeInRange(0, 1);
    }

    [Fact]
    public void Reliability_PoolsConditionsByTheirPredictions()
    {
        // 100 predictions of score 0.6, half right, and 300 of 0.64, 0.9 right: 0.63 and 0.8.
        var figure = XElement.Parse(ReliabilityPlots.Of(Result("a").Conditions).Single());

        figure.Descendants("circle").Single().Value.ShouldBe("score 0.630, right 0.800, 400 predictions");
        figure.Element("figcaption")!.Value.ShouldBe("Mean gap 17.0 points with all conditions together, 22.0 within conditions");
    }

    [Fact]
    public void Coverage_BelowTheBandOfChance_IsADiamond()
    {
        var figures = CoveragePlots.Of(Result("a").Conditions, ["uniform-wilson", "audited"], 0.9).Select(XElement.Parse).ToArray();

        // Two windows each: 0.9 ± 2·√(0.09/2) = 0.9 ± 0.424. fog has none of two covered, clean both. By chance: 2·0.1².
        var audited = figures[0];
        audited.Element("figcaption")!.Value.ShouldBe("1 of 2 families below the band, 0.0 by chance; least 0.0 % in a fog");
        audited.Descendants("path").Single().Value.ShouldBe("a fog: 0.0 % of 2 windows; by chance 90 ± 42.4");
        audited.Descendants("circle").Single().Value.ShouldBe("a clean: 100.0 % of 2 windows; by chance 90 ± 42.4");
        figures[1].Descendants("path").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0.5, 2, 0.9, 0.01)] // Neither of two.
    [InlineData(1, 2, 0.9, 0.19)] // Not both.
    [InlineData(0.75, 4, 0.5, 0.6875)] // None, one or two of four: 11/16. Three of four are not below.
    [InlineData(-0.1, 1, 0.95, 0)]
    public void BinomialChance_OfFewWindows_IsCountedByHand(double limit, int windows, double level, double expected) =>
        BinomialChance.Below(limit, windows, level).ShouldBe(expected, 1e-12);

    [Fact]
    public void BinomialChance_OfManyWindows_IsNormal() =>
        BinomialChance.Below(0.95 - (2 * Math.Sqrt(0.95 * 0.05 / 1_000_000)), 1_000_000, 0.95).ShouldBe(0.02275, 0.0005);

    private static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    private static XElement Parse(string page) => XDocument.Parse(page[page.IndexOf("<html", StringComparison.Ordinal)..]).Root!;

    // audited misses the truth in fog, the others nowhere; ac and monitor have no interval or a wide one.
    private static EvaluationResult Result(params string[] files) => new(
        [.. files.SelectMany(f => new[] { Condition(f, "clean", "clean", 0.9, 0.88, 0.6, 0.5, 100), Condition(f, "fog_3", "fog", 0.5, 0.7, 0.64, 0.9, 300) })],
        [], []);

    private static ConditionResult Condition(string file, string name, string family, double truth, double audited, double score, double right, int count)
    {
        var outcomes = new[]
        {
            ("ac", new Outcome(0.95, null, 0)),
            ("monitor", Outcome.Of(new Interval(0.8, 0.3, 0.95), 0)),
            ("uniform-wilson", Outcome.Of(new Interval(truth + 0.01, truth - 0.05, truth + 0.05), 40)),
            ("audited", Outcome.Of(new Interval(audited, audited - 0.1, audited + 0.1), 40)),
        };
        return new ConditionResult
        {
            File = file,
            Condition = name,
            Family = family,
            Count = 400,
            Classes = 3,
            Accuracy = truth,
            UniformError = 0.002,
            Methods = [.. outcomes.Select(o => (o.Item1, TallyOf(o.Item2, truth)))],
            Scores = [new ScoreResult("monitor", 0.8, 0.5, 0.4)],
            Examples = [.. outcomes.Select(o => new Example(o.Item1, truth, o.Item2.Value, o.Item2.Bounds))],
            Reliability = [new ScoreBin("monitor", score, right, count)],
        };
    }

    private static Tally TallyOf(Outcome outcome, double truth)
    {
        var tally = default(Tally);
        tally.Add(outcome, truth);
        tally.Add(outcome, truth);
        return tally;
    }
}
