using System.Security.Cryptography;
using System.Text;
using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training;

namespace AccuracyMonitor.Evaluation.Recipes;

/// <summary>
/// Results of a recipe's stages, so that an interrupted recipe continues after the last finished stage. The name of a result's file is a hash of everything
/// that the result depends on: the stage's options, the bytes of its inputs and the program's version. A result of other inputs is therefore never reused.
/// A file is written completely or not at all.
/// </summary>
internal sealed class RecipeWork(string folder, string version)
{
    public RecipeWork(string folder)
        : this(folder, ProgramVersion)
    {
    }

    /// <summary>Changes with the build of each assembly that decides what a stage makes, and with the libraries that it was built against.</summary>
    public static string ProgramVersion { get; } = string.Join(
        ' ',
        new[] { typeof(RecipeWork), typeof(TraceFile), typeof(MonitorTrainer), typeof(MonitorMetadata), typeof(ReferenceSet) }
            .Select(t => t.Assembly).Distinct()
            .SelectMany(a => a.GetReferencedAssemblies().Select(r => r.FullName).Prepend($"{a.ManifestModule.ModuleVersionId}"))
            .Distinct(StringComparer.Ordinal));

    /// <param name="stage">For a person to read.</param>
    /// <param name="dependsOn">Texts or hashes.</param>
    /// <param name="make">Makes it where it is not there.</param>
    /// <returns>Its bytes, and whether they were there already.</returns>
    public async Task<(byte[] Bytes, bool Found)> OnceAsync(string stage, IReadOnlyList<string> dependsOn, Func<Task<byte[]>> make, CancellationToken cancel)
    {
        var path = Path.Combine(folder, $"{stage}-{Hash(Encoding.UTF8.GetBytes(string.Join('\n', [version, stage, .. dependsOn])))}");
        if (File.Exists(path))
        {
            return (await File.ReadAllBytesAsync(path, cancel), true);
        }

        var bytes = await make();
        await AtomicFile.WriteAsync(path, bytes, cancel);
        return (bytes, false);
    }

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
}
