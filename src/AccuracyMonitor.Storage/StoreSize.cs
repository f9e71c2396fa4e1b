using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage;

/// <summary>Bytes of a database without its log.</summary>
/// <param name="File">The whole file. It does not shrink: pages that are freed are used again.</param>
/// <param name="Used">Of the pages that hold something.</param>
public sealed record StoreSize(long File, long Used)
{
    internal static StoreSize Read(SqliteConnection connection)
    {
        var page = connection.ExecuteScalar<long>("PRAGMA page_size");
        var pages = connection.ExecuteScalar<long>("PRAGMA page_count");
        return new StoreSize(pages * page, (pages - connection.ExecuteScalar<long>("PRAGMA freelist_count")) * page);
    }
}
