using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;

namespace AccuracyMonitor.Tests;

/// <summary>What <c>dotnet pack</c> makes of a library as it is built.</summary>
/// <param name="Files">Names in the package, without the packaging format's own.</param>
/// <param name="Dependencies">Ids, in order.</param>
internal sealed record PackedProject(IReadOnlyList<string> Files, XElement Metadata, IReadOnlyList<string> Dependencies)
{
    private const string Configuration =
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    public string Text(string name) => Metadata.Elements().Single(e => e.Name.LocalName == name).Value;

    /// <param name="name">The project's, which is the package's.</param>
    public static async Task<PackedProject> PackAsync(string name, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("am-pack-");
        try
        {
            await RunPackAsync(name, folder.FullName, cancel);
            await using var package = await ZipFile.OpenReadAsync(folder.GetFiles($"{name}.*.nupkg").Single().FullName, cancel);
            await using var nuspec = await package.GetEntry($"{name}.nuspec")!.OpenAsync(cancel);
            var metadata = (await XDocument.LoadAsync(nuspec, LoadOptions.None, cancel)).Root!.Elements().Single();
            return new PackedProject(
                [.. package.Entries.Select(e => e.FullName).Where(f => f.Split('/')[0] is not ("_rels" or "package"))],
                metadata,
                [.. metadata.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => e.Attribute("id")!.Value).Order(StringComparer.Ordinal)]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task RunPackAsync(string name, string folder, CancellationToken cancel)
    {
        var project = Path.Combine(Repository.Root, "src", name);
        using var pack = Process.Start(new ProcessStartInfo("dotnet", ["pack", project, "--no-build", "-c", Configuration, "-o", folder, "-nologo"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = pack.StandardError.ReadToEndAsync(cancel);
        var output = await pack.StandardOutput.ReadToEndAsync(cancel);
        await pack.WaitForExitAsync(cancel);
        pack.ExitCode.ShouldBe(0, output + await errors);
    }
}
