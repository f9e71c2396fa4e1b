using Npgsql;

namespace AccuracyMonitor.Hub.Store;

/// <summary>Parameters with the type of their value: PostgreSQL is told, and does not guess.</summary>
internal static class Sql
{
    /// <summary>What stands for every class in <c>series.predicted_class</c>.</summary>
    public const int EveryClass = -2;

    public static NpgsqlParameter Value<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };

    /// <summary>One array of a column of many rows, for <c>unnest</c>.</summary>
    public static NpgsqlParameter Column<TRow, T>(IReadOnlyList<TRow> rows, Func<TRow, T> value)
    {
        var column = new T[rows.Count];
        for (var i = 0; i < column.Length; i++)
        {
            column[i] = value(rows[i]);
        }

        return Value(column);
    }

    public static long Ticks(DateTimeOffset time) => time.UtcTicks;

    public static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
}
