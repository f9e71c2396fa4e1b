using AccuracyMonitor.Demo.Data;

namespace AccuracyMonitor.Demo.Tests.Data;

public sealed class DemoAssetsTests
{
    [Fact]
    public void The_shipped_test_set_has_ten_thousand_images_a_thousand_of_each_class()
    {
        var images = DemoAssets.ReadTestImages();

        images.Count.ShouldBe(10_000);
        images.Labels.ToArray().CountBy(label => label).ShouldAllBe(pair => pair.Value == 1000);
    }

    [Fact]
    public void A_slice_holds_the_same_images()
    {
        var images = DemoAssets.ReadTestImages();

        var slice = images.Slice(100, 20);

        slice.Count.ShouldBe(20);
        slice.Image(3).SequenceEqual(images.Image(103)).ShouldBeTrue();
        slice.Labels[3].ShouldBe(images.Labels[103]);
    }
}
