using System.Security.Cryptography;
using System.Text;
using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training;

namespace AccuracyMonitor.Cli.Training.Recipes;

/// <summary>
/// What stages have made, so that a recipe goes on where it was interrupted. A stage's file is named by a hash of all that it depends on: its options, its
/// inputs' bytes and this program's version; so what was made of something else is never taken for it. Files appear whole or not at all.
/// </summary>
internal sealed class RecipeWork(string folder)
{
    // Of the assemblies that decide what a stage makes.
    private static readonly string Version = string.Join(
        ' ', new[] { typeof(RecipeWork), typeof(MonitorTrainer), typeof(MonitorMetadata), typeof(ReferenceSet) }.Select(t => t.Module.ModuleVersionId));

    /// <param name="stage">For a person to read.</param>
    /// <param name="dependsOn">Texts or hashes.</param>
    /// <param name="make">Makes it where it is not there.</param>
    /// <returns>Its bytes, and whether they were there already.</returns>
    public async Task<(byte[] Bytes, bool Found)> OnceAsync(string stage, IReadOnlyList<string> dependsOn, Func<Task<byte[]>> make, CancellationToken cancel)
    {
        var path = Path.Combine(folder, $"{stage}-{Hash(Encoding.UTF8.GetBytes(string.Join('\n', [Version, stage, .. dependsOn])))}");
        if (File.Exists(path))
        {
            return (await File.ReadAllBytesAsync(path, cancel), true);
        }

        var bytes = await make();
        await WholeFile.WriteAsync(path, bytes, cancel);
        return (bytes, false);
    }

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
}
