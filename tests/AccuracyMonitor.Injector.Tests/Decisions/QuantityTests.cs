using AccuracyMonitor.Injector.Decisions;

namespace AccuracyMonitor.Injector.Tests.Decisions;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("1/0")]
    [InlineData("0/0")]
    [InlineData("NaN")]
    [InlineData("1e999999999")]
    [InlineData("one")]
    [InlineData("")]
    public void What_is_no_quantity_is_none(string text) => AnnotationReader.Value(text).ShouldBeNull();

    [Theory]
    [InlineData("250m", "0.25")]
    [InlineData("256Mi", "268435456")]
    [InlineData("1.5", "1.5")]
    [InlineData(".5", "0.5")]
    [InlineData("1e3", "1000")]
    [InlineData("2E", "2000000000000000000")]
    public void What_Kubernetes_takes_is_a_number(string text, string value) =>
        AnnotationReader.Value(text).ShouldBe(decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture));
}
