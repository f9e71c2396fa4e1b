using System.Runtime.InteropServices;
using AccuracyMonitor.Core;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>Labels ever given to the uniform sample of a model version, those of requests long pruned among them.</summary>
/// <param name="Labels">Not negative.</param>
/// <param name="Correct">Those that say "right".</param>
/// <param name="Database">Number of databases set aside before the one that has these counts: they are 0 again in the next.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct UniformLabelCount(long Labels, long Correct, int Database = 0);

/// <summary>SQL of the counts that triggers keep.</summary>
internal static class UniformLabels
{
    public static UniformLabelCount Of(SqliteConnection connection, ModelKey key)
    {
        var (labels, correct) = connection.QuerySingleOrDefault<(long Labels, long Correct)>(
            "SELECT labels, correct FROM uniform_labels WHERE model = @Model AND version = @Version", new { key.Model, key.Version });
        return new UniformLabelCount(labels, correct);
    }
}
