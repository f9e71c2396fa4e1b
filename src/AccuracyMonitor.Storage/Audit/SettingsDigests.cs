using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Audit;

/// <summary>
/// SQL of the settings of the last start. Only digests are kept: a setting may be a secret, and the digest of a short one could be guessed, so they are keyed
/// with a secret of the store.
/// </summary>
internal static class SettingsDigests
{
    /// <summary>Of the names in an entry. What is left of its 500 characters has the digest.</summary>
    private const int MaxNames = 420;

    private static readonly UTF8Encoding Lenient = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    /// <summary>Keeps the digests of these settings, and appends an entry that names those that differ from the start before.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="settings">By name, in which case does not count.</param>
    /// <param name="origin">Of the start.</param>
    public static bool Record(SqliteConnection connection, IReadOnlyDictionary<string, string> settings, Origin origin)
    {
        var key = StoreSecrets.GetOrAdd(connection, "settings", RandomNumberGenerator.GetBytes(32));
        var now = new SortedDictionary<string, byte[]>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in settings)
        {
            now[name] = HMACSHA256.HashData(key, Lenient.GetBytes($"{name.ToUpperInvariant()}\0{value}"));
        }

        var before = connection.Query<(string Name, byte[] Digest)>("SELECT name, digest FROM settings_digests")
            .ToDictionary(s => s.Name, s => s.Digest, StringComparer.OrdinalIgnoreCase);
        AuditTrail.Append(connection, origin, AuditAction.Started, default, $"settings {DigestOfAll(key, now)}: {Difference(before, now)}");
        connection.Execute("DELETE FROM settings_digests");
        connection.Execute("INSERT INTO settings_digests (name, digest) VALUES (@Key, @Value)", now.Select(s => new { s.Key, s.Value }));
        return true;
    }

    private static string DigestOfAll(byte[] key, SortedDictionary<string, byte[]> settings) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, settings.Values.SelectMany(d => d).ToArray()))[..16];

    private static string Difference(Dictionary<string, byte[]> before, SortedDictionary<string, byte[]> now)
    {
        if (before.Count == 0)
        {
            return "first start with this database";
        }

        var changed = now.Keys.Union(before.Keys, StringComparer.OrdinalIgnoreCase)
            .Where(name => !now.GetValueOrDefault(name, []).AsSpan().SequenceEqual(before.GetValueOrDefault(name, [])))
            .Order(StringComparer.Ordinal)
            .ToArray();
        return changed.Length == 0 ? "as at the start before" : $"changed {Names(changed)}";
    }

    private static string Names(string[] names)
    {
        var text = new StringBuilder();
        for (var i = 0; i < names.Length; i++)
        {
            if (text.Length + names[i].Length > MaxNames)
            {
                return text.Append(System.Globalization.CultureInfo.InvariantCulture, $" and {names.Length - i} others").ToString();
            }

            text.Append(i == 0 ? "" : ", ").Append(names[i]);
        }

        return text.ToString();
    }
}
