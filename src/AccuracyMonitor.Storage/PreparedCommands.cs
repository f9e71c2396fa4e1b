using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage;

/// <summary>
/// Commands that a connection keeps prepared. SQLite compiled an INSERT of a label request, triggers and all, in ten times the time that it
/// took to run it; for what is written with every batch that is most of the writer's work.
/// </summary>
internal static class PreparedCommands
{
    private static readonly ConditionalWeakTable<SqliteConnection, Dictionary<string, SqliteCommand>> Kept = [];

    /// <summary>The connection's command for a text, with its parameters in the order given. For the connection's one user.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="sql">One statement; a constant, since every text is kept.</param>
    /// <param name="parameters">Names as in the statement, and values.</param>
    public static SqliteCommand Prepared(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var commands = Kept.GetOrCreateValue(connection);
        if (!commands.TryGetValue(sql, out var command))
        {
#pragma warning disable CA2100 // A constant.
            command = new SqliteCommand(sql, connection);
#pragma warning restore CA2100
            foreach (var (name, value) in parameters)
            {
                command.Parameters.AddWithValue(name, value);
            }

            commands[sql] = command;
            return command;
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters[i].Value = parameters[i].Value;
        }

        return command;
    }
}
