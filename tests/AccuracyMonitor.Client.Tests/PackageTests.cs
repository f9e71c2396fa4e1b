namespace AccuracyMonitor.Client.Tests;

public sealed class PackageTests
{
    [Theory]
    [InlineData(
        "AccuracyMonitor.Client",
        "AccuracyMonitor.Protocol Grpc.Net.Client Microsoft.Extensions.Hosting.Abstractions Microsoft.Extensions.Logging.Abstractions "
        + "Microsoft.Extensions.Options.ConfigurationExtensions System.Numerics.Tensors")]
    [InlineData("AccuracyMonitor.Protocol", "Google.Api.CommonProtos Google.Protobuf Grpc.Core.Api")]
    public async Task A_package_holds_its_library_documentation_and_page_and_depends_on_no_inference_runtime_and_no_server(string name, string dependencies)
    {
        var package = await PackedProject.PackAsync(name, TestContext.Current.CancellationToken);

        package.Files.ShouldBe([$"{name}.nuspec", "README.md", "[Content_Types].xml", $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml"], ignoreOrder: true);
        package.Dependencies.ShouldBe(dependencies.Split(' '));
        package.Text("license").ShouldBe("Apache-2.0");
        package.Text("readme").ShouldBe("README.md");
        package.Text("description").Length.ShouldBeGreaterThan(50);
    }
}
