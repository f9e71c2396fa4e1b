namespace AccuracyMonitor.Client.OnnxRuntime.Tests;

public sealed class PackageTests
{
    [Fact]
    public async Task The_package_depends_on_the_client_and_on_the_managed_runtime_alone_without_natives()
    {
        const string Name = "AccuracyMonitor.Client.OnnxRuntime";
        var package = await PackedProject.PackAsync(Name, TestContext.Current.CancellationToken);

        package.Files.ShouldBe([$"{Name}.nuspec", "README.md", "[Content_Types].xml", $"lib/net10.0/{Name}.dll", $"lib/net10.0/{Name}.xml"], ignoreOrder: true);
        package.Dependencies.ShouldBe(["AccuracyMonitor.Client", "Microsoft.ML.OnnxRuntime.Managed"]);
    }
}
