using System.Runtime.InteropServices;
using AccuracyMonitor.Core;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>Labels ever given to the uniform sample of a model version, those of requests long pruned among them.</summary>
/// <param name="Labels">Not negative.</param>
/// <param name="Correct">Those that say "right".</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct UniformLabelCount(ModelKey Key, long Labels, long Correct);

/// <summary>SQL of the counts that triggers keep.</summary>
internal static class UniformLabels
{
    public static IReadOnlyList<UniformLabelCount> All(SqliteConnection connection) =>
        [.. connection.Query<(string Model, string Version, long Labels, long Correct)>("SELECT model, version, labels, correct FROM uniform_labels")
            .Select(r => new UniformLabelCount(new ModelKey(r.Model, r.Version), r.Labels, r.Correct))];
}
