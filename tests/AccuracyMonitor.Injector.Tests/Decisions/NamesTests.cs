using AccuracyMonitor.Injector.Decisions;

namespace AccuracyMonitor.Injector.Tests.Decisions;

public sealed class NamesTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("sidecar:0.1.0", true)]
    [InlineData("registry.example:5000/team/sidecar:0.1.0", true)]
    [InlineData("registry.example/sidecar@" + Digest, true)]
    [InlineData("registry.example/sidecar:0.1.0@" + Digest, true)]
    [InlineData("registry.example/sidecar:latest@" + Digest, true)]
    [InlineData("registry.example/sidecar:latest", false)]
    [InlineData("registry.example:5000/sidecar", false)]
    [InlineData("sidecar", false)]
    [InlineData("Side Car:1", false)]
    [InlineData("sidecar:1\n", false)]
    [InlineData("", false)]
    public void An_image_is_pinned_by_a_tag_or_a_digest(string image, bool pinned) => Names.IsPinnedImage(image).ShouldBe(pinned);

    [Theory]
    [InlineData("grpc", true)]
    [InlineData("h2c-8001", true)]
    [InlineData("8001", false)]
    [InlineData("a--b", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("grpc.web", false)]
    [InlineData("sixteen-letters-", false)]
    [InlineData("", false)]
    public void A_port_has_a_service_name(string name, bool holds) => Names.IsPort(name).ShouldBe(holds);

    [Theory]
    [InlineData("m", true)]
    [InlineData("models.v1", true)]
    [InlineData("Models", false)]
    [InlineData("a..b", false)]
    [InlineData(".a", false)]
    [InlineData("a\n", false)]
    [InlineData("", false)]
    public void An_object_has_a_subdomain_as_its_name(string name, bool holds) => Names.IsObject(name).ShouldBe(holds);

    [Theory]
    [InlineData("configmap://m/monitor_1.onnx", true)]
    [InlineData("configmap://m/a/b", false)]
    [InlineData("configmap://m/..", false)]
    [InlineData("pvc://models/clothing/monitor.onnx", true)]
    [InlineData("pvc://models/../monitor.onnx", false)]
    [InlineData("file:///monitors/m.onnx", true)]
    [InlineData("file://monitors/m.onnx", false)]
    [InlineData("pvc://models/", false)]
    [InlineData("/monitors/m.onnx", false)]
    public void A_monitor_comes_from_one_of_three_places(string source, bool holds) => (MonitorSource.Parse(source) is not null).ShouldBe(holds);

    [Fact]
    public void A_long_text_is_refused_in_linear_time() => Names.IsPinnedImage(new string('a', 200_000) + "!").ShouldBeFalse();
}
