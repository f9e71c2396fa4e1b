using AccuracyMonitor.Core.Alarms;

namespace AccuracyMonitor.Core.Tests.Alarms;

public sealed class EValueTests
{
    [Theory]
    [InlineData(0.0, "1.0")]
    [InlineData(5.4806389, "240")]
    [InlineData(-1.2, "0.3")]
    [InlineData(20.7232658, "1e9")]
    public void Text_OfLogEvidence_IsItsValue(double log, string text) => EValue.Text(log).ShouldBe(text);
}
