using AccuracyMonitor.Runs.Demo;

namespace AccuracyMonitor.Runs.Tests.Demo;

public sealed class PredictionIdTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(123_456_789_012, 9999)]
    public void The_image_can_be_read_from_the_id(long sequence, int image)
    {
        PredictionId.TryGetImage(PredictionId.Create(sequence, image), out var read).ShouldBeTrue();

        read.ShouldBe(image);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a1b2c3")]
    [InlineData("1-imagex")]
    [InlineData("1-image-5")]
    public void An_id_of_somebody_elses_is_not_read(string id) => PredictionId.TryGetImage(id, out _).ShouldBeFalse();
}
