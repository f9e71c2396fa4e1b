using System.Buffers.Binary;

namespace AccuracyMonitor.Storage.Recovery;

/// <summary>
/// Looks at a database's files before SQLite does, because some damage SQLite repairs by throwing data away without a word: it deletes the
/// log of an empty or missing database, and takes a log with a bad header for an empty one.
/// </summary>
internal static class FileInspection
{
    private const int WalHeaderSize = 32;
    private const uint WalMagic = 0x377f0682;

    /// <summary>What is wrong with the database file, or null.</summary>
    public static string? DatabaseDamage(string path)
    {
        var header = Head(path, 16);
        if (header is null)
        {
            return null;
        }

        if (header.Length == 0)
        {
            return Length(path + "-wal") > 0 ? "the database is empty but its log is not" : null;
        }

        return header.AsSpan().SequenceEqual("SQLite format 3\0"u8) ? null : "not a database: its first 16 bytes are not SQLite's";
    }

    /// <summary>What is wrong with the write-ahead log, or null. A short or torn one is a crash, not damage.</summary>
    public static string? LogDamage(string path)
    {
        var header = Head(path + "-wal", WalHeaderSize);
        if (header is null || header.Length == 0)
        {
            return null;
        }

        if (!Exists(path))
        {
            return "the log has no database";
        }

        // A file that grew before its content reached the disk reads as zeros: nothing in it was acknowledged.
        if (header.Length < WalHeaderSize || header.All(b => b == 0))
        {
            return null;
        }

        return IsWalHeader(header) ? null : "the header of the write-ahead log is damaged";
    }

    /// <summary>https://www.sqlite.org/fileformat2.html section 4.1 and 4.2: magic number, and a checksum over the first 24 bytes.</summary>
    private static bool IsWalHeader(ReadOnlySpan<byte> header)
    {
        var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        if ((magic & ~1u) != WalMagic)
        {
            return false;
        }

        uint s0 = 0, s1 = 0;
        for (var i = 0; i < 24; i += 8)
        {
            s0 += Word(header[i..], magic) + s1;
            s1 += Word(header[(i + 4)..], magic) + s0;
        }

        return s0 == BinaryPrimitives.ReadUInt32BigEndian(header[24..]) && s1 == BinaryPrimitives.ReadUInt32BigEndian(header[28..]);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, uint magic) =>
        (magic & 1) != 0 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    /// <summary>Unlike <see cref="File.Exists"/>, which answers false also when it could not find out.</summary>
    /// <exception cref="IOException">It can't be found out.</exception>
    public static bool Exists(string path)
    {
        try
        {
            File.GetAttributes(path);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Reads the database and its log to their ends.</summary>
    /// <exception cref="IOException">A read failed.</exception>
    public static void ReadThrough(string path)
    {
        var buffer = new byte[1 << 16];
        foreach (var file in (string[])[path, path + "-wal"])
        {
            if (Exists(file))
            {
                using var stream = OpenToRead(file);
                while (stream.Read(buffer) > 0)
                {
                    // Only whether it can be read is asked.
                }
            }
        }
    }

    private static long Length(string path) => Exists(path) ? new FileInfo(path).Length : 0;

    private static byte[]? Head(string path, int count)
    {
        if (!Exists(path))
        {
            return null;
        }

        using var file = OpenToRead(path);
        var head = new byte[count];
        var read = file.ReadAtLeast(head, count, throwOnEndOfStream: false);
        return head[..read];
    }

    private static FileStream OpenToRead(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
