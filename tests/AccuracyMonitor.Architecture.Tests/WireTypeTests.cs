using System.Text.RegularExpressions;

namespace AccuracyMonitor.Architecture.Tests;

/// <summary>Generated wire types stay at the edge of the sidecar: services, and the files that map between them and the sidecar's own types.</summary>
public sealed partial class WireTypeTests
{
    private static readonly string[] Edge = ["GrpcService.cs", "Calls.cs", "Mapping.cs", "Page.cs"];

    [Fact]
    public void WireTypes_InTheSidecar_AreUsedByServicesAndMappingsOnly() =>
        SourceTree.SourceFiles(SourceTree.FileOf("Sidecar"))
            .Where(f => !Edge.Any(e => f.EndsWith(e, StringComparison.Ordinal)) && WireType().IsMatch(File.ReadAllText(f)))
            .Select(f => Path.GetRelativePath(SourceTree.Root, f))
            .ShouldBeEmpty("They map wire types in a *Mapping.cs file, and use the sidecar's own types.");

    [GeneratedRegex(@"^using AccuracyMonitor\.V1;|^[^/\n]*\bV1\.(?!\w+Service\b)[A-Z]", RegexOptions.Multiline, 5000)]
    private static partial Regex WireType();
}
