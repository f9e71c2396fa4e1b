using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Alarms;

public class ValidityAlarmTests
{
    private static readonly ValidityAlarmOptions Exact = new() { Tolerance = 0, LogitTolerance = 0 };

    [Theory]
    [InlineData(0)]
    [InlineData(0.05)]
    public void Evidence_against_a_monitor_that_fits_is_worth_at_most_1_on_average(double better)
    {
        // All outcomes of ten labels with various scores, each with its probability: E[e-value] ≤ 1, and = 1 when the promise is just kept.
        double[] scores = [0.5, 0.99, 0.8, 0.3, 0.95, 0.999, 0.7, 0.6, 0.9, 0.05];
        var expected = 0.0;
        for (var bits = 0; bits < 1 << scores.Length; bits++)
        {
            var alarm = new ValidityAlarm(Exact);
            var probability = 1.0;
            for (var i = 0; i < scores.Length; i++)
            {
                var right = ((bits >> i) & 1) == 0;
                var p = Math.Min(1, scores[i] + better);
                probability *= right ? p : 1 - p;
                alarm.Observe(new LabelPoint(scores[i], 0.01, right));
            }

            expected += probability * Math.Exp(alarm.Verdict.LogEvidence);
        }

        if (better == 0)
        {
            expected.ShouldBe(1, 1e-9);
        }
        else
        {
            expected.ShouldBeLessThan(1);
        }
    }

    [SimulationFact]
    public void Stakes_add_up_to_no_more_than_1()
    {
        // Labels that are right bring the bets down and leave what is not staked yet; it never goes below 0.
        var alarm = new ValidityAlarm(new ValidityAlarmOptions());
        for (var i = 0; i < 100_000; i++)
        {
            alarm.Observe(new LabelPoint(0.9, 0.01, true));
        }

        alarm.Verdict.LogEvidence.ShouldBeLessThan(0);
        double.IsFinite(alarm.Verdict.LogEvidence).ShouldBeTrue();
    }

    [SimulationFact]
    public void A_monitor_that_just_keeps_its_promise_is_called_invalid_no_more_often_than_alpha()
    {
        const int Runs = 200;
        const double Alpha = 0.05;
        var fired = 0;
        for (var run = 0; run < Runs; run++)
        {
            var stream = new LabelStream(run);
            var alarm = new ValidityAlarm(Exact with { Alpha = Alpha });
            for (var i = 0; i < 2000 && !alarm.Verdict.Firing; i++)
            {
                alarm.Observe(stream.Next(g => g));
            }

            fired += alarm.Verdict.Firing ? 1 : 0;
        }

        fired.ShouldBeLessThanOrEqualTo(AccuracyAlarmTests.MostHits(Alpha, Runs));
    }

    [SimulationFact]
    public void Covariate_shift_is_silent_however_strong()
    {
        var fired = 0;
        for (var run = 0; run < 100; run++)
        {
            var stream = new LabelStream(run);
            var alarm = new ValidityAlarm(new ValidityAlarmOptions());
            for (var i = 0; i < 2000; i++)
            {
                alarm.Observe(stream.Next(g => g, doubtful: 0.9));
            }

            fired += alarm.Verdict.Firing ? 1 : 0;
        }

        fired.ShouldBeLessThanOrEqualTo(AccuracyAlarmTests.MostHits(0.01, 100));
    }

    [SimulationTheory]
    [InlineData(0)]
    [InlineData(500)]
    public void Concept_shift_fires_also_after_a_long_quiet_time(int quiet)
    {
        var delays = new List<int>();
        for (var run = 0; run < 50; run++)
        {
            var stream = new LabelStream(run);
            var alarm = new ValidityAlarm(new ValidityAlarmOptions());
            for (var i = 0; i < quiet; i++)
            {
                alarm.Observe(stream.Next(g => g));
            }

            alarm.Verdict.Firing.ShouldBeFalse();
            var delay = 0;
            while (!alarm.Verdict.Firing && delay < 2000)
            {
                alarm.Observe(stream.Next(g => 0.9 * g));
                delay++;
            }

            delays.Add(delay);
        }

        delays.Order().ElementAt(25).ShouldBeLessThan(quiet == 0 ? 120 : 250);
        delays.Max().ShouldBeLessThan(1000);
    }

    [Fact]
    public void Once_fired_it_stays_until_it_is_restarted()
    {
        var alarm = new ValidityAlarm(new ValidityAlarmOptions());
        for (var i = 0; i < 30; i++)
        {
            alarm.Observe(new LabelPoint(0.99, 0.01, false));
        }

        alarm.Verdict.Firing.ShouldBeTrue();
        for (var i = 0; i < 1000; i++)
        {
            alarm.Observe(new LabelPoint(0.99, 0.01, true));
        }

        alarm.Verdict.Firing.ShouldBeTrue();
        alarm.Restart();
        alarm.Verdict.Firing.ShouldBeFalse();
        alarm.Verdict.Labels.ShouldBe(0);
        alarm.Verdict.LogEvidence.ShouldBe(0);
        alarm.Observe(new LabelPoint(0.99, 0.01, true));
        alarm.Verdict.Firing.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Scores_at_the_edge_do_not_break_it(double score)
    {
        var alarm = new ValidityAlarm(new ValidityAlarmOptions());
        for (var i = 0; i < 200; i++)
        {
            alarm.Observe(new LabelPoint(score, i % 3 == 0 ? 0 : 1, i % 5 == 0));
            double.IsFinite(alarm.Verdict.LogEvidence).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_monitor_that_promises_too_little_is_not_called_invalid()
    {
        var alarm = new ValidityAlarm(new ValidityAlarmOptions());
        for (var i = 0; i < 1000; i++)
        {
            alarm.Observe(new LabelPoint(0.2, 0.01, true));
        }

        alarm.Verdict.Firing.ShouldBeFalse();
    }

    [Fact]
    public void The_reason_names_the_numbers_of_the_moment_it_fired()
    {
        var alarm = new ValidityAlarm(new ValidityAlarmOptions());
        alarm.Verdict.Reason.ShouldContain("No evidence against the monitor in 0 labels: e-value 1.0, fires at 20.");
        for (var i = 0; i < 10; i++)
        {
            alarm.Observe(new LabelPoint(0.99, 0.01, true));
        }

        alarm.Verdict.Reason.ShouldContain("in 10 labels");
        while (!alarm.Verdict.Firing)
        {
            alarm.Observe(new LabelPoint(0.99, 0.01, false));
        }

        var reason = alarm.Verdict.Reason;
        reason.ShouldContain("no longer fits: of the last 3 labels 0 were right, and it promised, less its tolerance, 3.0;");
        alarm.Observe(new LabelPoint(0.99, 0.01, true));
        alarm.Verdict.Reason.ShouldBe(reason);
    }

    [Theory]
    [InlineData(0, 0, "wrong", 1.7660529342450901)]
    [InlineData(0, 0, "right", 0.8084867664387274)]
    [InlineData(0, 0, "wrong right", 1.1137928397025414)]
    [InlineData(0.005, 0.05, "wrong", 1.719324812459721)]
    public void Evidence_worked_by_hand(double tolerance, double logits, string outcomes, double expected)
    {
        // A score of 0.8: the bets on a share of 0.05, 0.15, 0.4, 0.8 of the right ones turned wrong multiply by 1.2, 1.6, 2.6, 4.2 when the
        // answer is wrong, those on 0.5, 1.5, 3 logits too much by 1.4594, 2.6420, 4.1696. Half of the capital, 0.49327, is at stake. The
        // tolerances make the promise 0.78792.
        var alarm = new ValidityAlarm(new ValidityAlarmOptions { Tolerance = tolerance, LogitTolerance = logits });
        foreach (var outcome in outcomes.Split(' '))
        {
            alarm.Observe(new LabelPoint(0.8, 0.01, outcome == "right"));
        }

        Math.Exp(alarm.Verdict.LogEvidence).ShouldBe(expected, 1e-9);
    }

    // A score counts as 0.0001 at least and 0.9999 at most, and what it promises less its tolerance as 0.00005 at least.
    [Theory]
    [InlineData(1, 0, false, 0.9999)]
    [InlineData(0, 0, true, 0.0001)]
    [InlineData(0, 0.5, true, 0.00005)]
    public void Evidence_of_a_score_at_the_edge_is_that_of_the_nearest_score_within(double score, double tolerance, bool correct, double promised)
    {
        var alarm = new ValidityAlarm(Exact with { Tolerance = tolerance });
        alarm.Observe(new LabelPoint(score, 0.01, correct));

        double[] bets =
        [
            .. new[] { 0.05, 0.15, 0.4, 0.8 }.Select(share => promised * (1 - share)),
            .. new[] { 0.5, 1.5, 3 }.Select(shift => 1 / (1 + ((1 - promised) / promised * Math.Exp(shift)))),
        ];
        var stake = 1 / (2.10975 * 2 * Math.Log(2) * Math.Log(2));
        var expected = 1 - stake + (stake * bets.Average(bet => correct ? bet / promised : (1 - bet) / (1 - promised)));
        Math.Exp(alarm.Verdict.LogEvidence).ShouldBe(expected, 1e-9 * expected);
    }

    [Fact]
    public void After_a_restart_the_reason_counts_from_the_change_on()
    {
        var alarm = new ValidityAlarm(new ValidityAlarmOptions());
        for (var i = 0; i < 20; i++)
        {
            alarm.Observe(new LabelPoint(0.99, 0.01, false));
        }

        alarm.Restart();
        for (var i = 0; i < 5; i++)
        {
            alarm.Observe(new LabelPoint(0.99, 0.01, true));
        }

        var wrong = 0;
        while (!alarm.Verdict.Firing)
        {
            alarm.Observe(new LabelPoint(0.99, 0.01, false));
            wrong++;
        }

        alarm.Verdict.Reason.ShouldContain($"of the last {wrong} labels 0 were right");
    }

    [Theory]
    [InlineData(0, 0, 0.05)]
    [InlineData(0.5, 2, 0.999)]
    public void Options_at_their_bounds_are_taken(double tolerance, double logits, double alpha) =>
        new ValidityAlarm(new ValidityAlarmOptions { Tolerance = tolerance, LogitTolerance = logits, Alpha = alpha })
            .Verdict.LogThreshold.ShouldBe(-Math.Log(alpha), 1e-12);

    [Theory]
    [InlineData(-0.1, 0, 0.01)]
    [InlineData(0.6, 0, 0.01)]
    [InlineData(0, 3, 0.01)]
    [InlineData(0, 0, 0)]
    [InlineData(0, -0.1, 0.01)]
    [InlineData(0, 0, 1)]
    [InlineData(0, 0, double.NaN)]
    public void Options_out_of_range_are_refused(double tolerance, double logits, double alpha) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new ValidityAlarm(new ValidityAlarmOptions
        {
            Tolerance = tolerance,
            LogitTolerance = logits,
            Alpha = alpha,
        }));
}
