using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;

namespace AccuracyMonitor.Client.Tests;

/// <summary>What <c>dotnet pack</c> makes of the build under test.</summary>
public sealed class PackageTests
{
    private const string Configuration =
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    [Fact]
    public async Task The_package_holds_the_library_its_documentation_and_page_and_depends_on_no_natives()
    {
        var folder = Directory.CreateTempSubdirectory("am-pack-");
        var (status, output) = await PackAsync(folder.FullName);
        status.ShouldBe(0, output);
        await using var package = await ZipFile.OpenReadAsync(folder.GetFiles("AccuracyMonitor.Client.*.nupkg").Single().FullName, TestContext.Current.CancellationToken);

        var files = package.Entries.Select(e => e.FullName).Where(f => f.Split('/')[0] is not ("_rels" or "package"));
        files.ShouldBe(
        [
            "AccuracyMonitor.Client.nuspec", "README.md", "[Content_Types].xml",
            "lib/net10.0/AccuracyMonitor.Client.dll", "lib/net10.0/AccuracyMonitor.Client.xml",
        ],
        ignoreOrder: true);

        var metadata = (await ReadAsync(package)).Root!.Elements().Single();
        Text("license").ShouldBe("Apache-2.0");
        Text("readme").ShouldBe("README.md");
        Text("description").Length.ShouldBeGreaterThan(50);
        metadata.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => e.Attribute("id")!.Value).Order().ShouldBe(
        [
            "Google.Api.CommonProtos", "Google.Protobuf", "Grpc.Core.Api", "Grpc.Net.Client", "Microsoft.Extensions.Hosting.Abstractions",
            "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options.ConfigurationExtensions", "Microsoft.ML.OnnxRuntime.Managed", "System.Numerics.Tensors",
        ]);
        folder.Delete(recursive: true);

        string Text(string name) => metadata.Elements().Single(e => e.Name.LocalName == name).Value;
    }

    private static async Task<XDocument> ReadAsync(ZipArchive package)
    {
        await using var nuspec = await package.GetEntry("AccuracyMonitor.Client.nuspec")!.OpenAsync(TestContext.Current.CancellationToken);
        return await XDocument.LoadAsync(nuspec, LoadOptions.None, TestContext.Current.CancellationToken);
    }

    private static async Task<(int Status, string Output)> PackAsync(string folder)
    {
        var project = Path.Combine(Repository.Root, "src", "AccuracyMonitor.Client");
        using var pack = Process.Start(new ProcessStartInfo("dotnet", ["pack", project, "--no-build", "-c", Configuration, "-o", folder, "-nologo"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = pack.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await pack.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await pack.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (pack.ExitCode, output + await errors);
    }
}
