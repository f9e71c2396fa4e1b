using AccuracyMonitor.Cli.Replay;

namespace AccuracyMonitor.Cli.Tests.Replay;

public sealed class DurationTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("30s", 30)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    [InlineData("7", 7)]
    [InlineData("00:01:00", 60)]
    public void Lengths_of_time_are_read(string text, double seconds) => Duration.Parse(text).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 parsecs")]
    [InlineData("1e9h")]
    [InlineData("-Infinitys")]
    public void What_is_no_length_of_time_is_not(string text) => Duration.Parse(text).ShouldBeNull();
}
