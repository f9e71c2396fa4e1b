using AccuracyMonitor.Runs.Replay;

namespace AccuracyMonitor.Runs.Tests.Replay;

public sealed class ReplayPaceTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void By_rate_predictions_are_evenly_spaced_and_labels_take_no_time() =>
        Dues(new ReplayPace(rate: 10, speed: null), Prediction(), Prediction(60), Label(), Prediction()).ShouldBe([0, 0.1, 0.2, 0.2]);

    [Fact]
    public void By_speed_the_logs_time_passes_faster_and_never_backwards() =>
        Dues(new ReplayPace(rate: 10, speed: 60), Prediction(0), Prediction(120), Label(60), Prediction(180)).ShouldBe([0, 2, 2, 3]);

    [Fact]
    public void A_line_without_a_time_follows_at_the_rate() =>
        Dues(new ReplayPace(rate: 10, speed: 1), Prediction(0), Prediction(), Prediction(), Label(), Prediction(5)).ShouldBe([0, 0.1, 0.2, 0.2, 5]);

    [Fact]
    public void Without_a_rate_everything_is_due_at_once() => new ReplayPace(rate: 0, speed: null).Next(Prediction(9)).ShouldBeNull();

    private static double[] Dues(ReplayPace pace, params ReplayItem[] items) => [.. items.Select(i => Math.Round(pace.Next(i)!.Value.TotalSeconds, 6))];

    private static ReplayItem Prediction(double? seconds = null) => Label(seconds) with { Probabilities = new float[2] };

    private static ReplayItem Label(double? seconds = null) =>
        new() { ConditionIndex = 0, Id = "a", Told = 0, Time = seconds is { } s ? Start.AddSeconds(s) : null };
}
