using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AccuracyMonitor.Repository.Tests;

/// <summary>The NuGet packages of everything under src/, as the lock files have them.</summary>
internal static partial class Dependencies
{
    /// <summary>Licences that Apache-2.0 software may depend on and be delivered with.</summary>
    public static readonly IReadOnlySet<string> AllowedLicences =
        new HashSet<string>(
            ["Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "MS-PL OR Apache-2.0", "PostgreSQL", "public domain"],
            StringComparer.Ordinal);

    /// <summary>Packages that name a file or an address in place of an SPDX identifier: what a person read there.</summary>
    private static readonly Dictionary<string, string> ReadLicences = new(StringComparer.OrdinalIgnoreCase)
    {
        ["CommandLineParser"] = "MIT",
        ["K4os.Compression.LZ4"] = "MIT",
        ["Microsoft.DotNet.PlatformAbstractions"] = "MIT",
        ["Microsoft.ML.OnnxRuntime"] = "MIT",
        ["Microsoft.ML.OnnxRuntime.Managed"] = "MIT",
        ["SkiaSharp"] = "MIT",
        ["SkiaSharp.NativeAssets.macOS"] = "MIT",
        ["SkiaSharp.NativeAssets.Win32"] = "MIT",
        ["SQLite"] = "public domain",
    };

    public static IReadOnlyList<Package> All { get; } =
    [
        .. RepositoryFiles.All.Where(f => f.EndsWith("/packages.lock.json", StringComparison.Ordinal)).SelectMany(Read)
            .GroupBy(p => (p.Name, p.Version))
            .Select(g => new Package(
                g.Key.Name,
                g.Key.Version,
                string.Join(", ", g.SelectMany(p => p.Projects).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))))
            .OrderBy(p => p.Name, StringComparer.OrdinalIgnoreCase).ThenBy(p => p.Version, StringComparer.Ordinal),
    ];

    /// <summary>What the package says of its licence; null if it is not in the package cache of this machine.</summary>
    public static string? LicenceOf(Package package)
    {
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
#pragma warning disable CA1308 // NuGet's cache has names in lower case.
        var name = package.Name.ToLowerInvariant();
#pragma warning restore CA1308
        var file = Path.Combine(cache, name, package.Version, $"{name}.nuspec");
        if (!File.Exists(file))
        {
            return null;
        }

        var metadata = XDocument.Load(file).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
        var licence = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "license");
        return licence?.Attribute("type")?.Value == "expression" ? licence.Value
            : ReadLicences.TryGetValue(package.Name, out var read) ? read
            : metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "licenseUrl")?.Value ?? "none";
    }

    private static IEnumerable<(string Name, string Version, string[] Projects)> Read(string lockFile)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(RepositoryFiles.Root, lockFile)));
        var project = ProjectName().Match(lockFile).Groups["name"].Value;
        return
        [
            .. json.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject())
                .Where(p => p.Value.GetProperty("type").GetString() != "Project")
                .Select(p => (p.Name, p.Value.GetProperty("resolved").GetString()!, new[] { project })),
        ];
    }

    [GeneratedRegex(@"AccuracyMonitor\.(?<name>[\w.]+)/packages", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ProjectName();

    /// <param name="Name">As NuGet spells it.</param>
    /// <param name="Version">Resolved.</param>
    /// <param name="Projects">Those whose closure it is in.</param>
    internal sealed record Package(string Name, string Version, string Projects);
}
