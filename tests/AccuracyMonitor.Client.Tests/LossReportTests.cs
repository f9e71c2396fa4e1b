using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Client.Tests;

public sealed class LossReportTests : IDisposable
{
    private static readonly MonitorClientOptions Options = new() { Model = "fashion", Version = "1", ClassCount = 2 };
    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder _log = new();
    private readonly ClientCounters _counters = new("fashion", "1", () => 0, () => 0);

    [Fact]
    public void The_first_rejection_is_told_at_once_and_then_once_a_minute_with_counts()
    {
        using var report = new LossReport(Options, _counters, _log, _time);
        Answer(report, accepted: 0, rejected: 200, "sums to 3.2; it must be 1 ± 0.01");
        Answer(report, accepted: 1, rejected: 5, "sums to 3.2; it must be 1 ± 0.01");
        Answer(report, accepted: 2, rejected: 7, "has a value that is not finite");

        _log.Entries.ShouldHaveSingleItem().ShouldBe((LogLevel.Warning,
            "The accuracy monitor rejected 200 predictions of fashion 1 in the last 0 s and accepted 0. Reasons: 200 × sums to 3.2; it must be 1 ± 0.01"));

        _time.Advance(TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromMinutes(1));
        _log.Entries.Count.ShouldBe(2, "nothing was rejected in the second minute");
        _log.Entries.Last().Message.ShouldBe("The accuracy monitor rejected 12 predictions of fashion 1 in the last 60 s and accepted 3. "
            + "Reasons: 7 × has a value that is not finite; 5 × sums to 3.2; it must be 1 ± 0.01");
    }

    [Fact]
    public void Reasons_that_are_all_different_do_not_fill_the_line()
    {
        using (var report = new LossReport(Options, _counters, _log, _time))
        {
            for (var i = 0; i < 100; i++)
            {
                report.Rejected($"sums to {i}");
            }
        }

        _log.Entries.ShouldHaveSingleItem().Message.ShouldContain("96 × other reasons; 1 × sums to 0;");
    }

    [Fact]
    public void Refused_batches_are_told_with_their_reason()
    {
        using var report = new LossReport(Options, _counters, _log, _time);
        report.Refused(256, "The queue is full.");
        report.Answered();

        _log.Entries.ShouldHaveSingleItem().Message.ShouldContain("256 predictions of fashion 1, in the last 0 s. Reasons: 256 × The queue is full.");
    }

    [Fact]
    public void What_the_client_drops_itself_is_told_once_a_minute_and_when_it_closes()
    {
        var report = new LossReport(Options, _counters, _log, _time);
        _counters.CountInvalid();
        _counters.CountInvalid();
        _log.Entries.ShouldBeEmpty();
        _time.Advance(TimeSpan.FromMinutes(1));
        _counters.CountInvalid();
        report.Dispose();

        _log.Entries.Select(e => e.Message).ShouldBe(
        [
            "2 predictions of fashion 1 were dropped in the last 60 s and not monitored. Reasons: 2 × invalid",
            "1 predictions of fashion 1 were dropped in the last 0 s and not monitored. Reasons: 1 × invalid",
        ]);
    }

    public void Dispose() => _counters.Dispose();

    private void Answer(LossReport report, int accepted, int rejected, string reason)
    {
        _counters.CountAnswered((uint)accepted, (uint)rejected);
        for (var i = 0; i < rejected; i++)
        {
            report.Rejected(reason);
        }

        report.Answered();
    }
}
