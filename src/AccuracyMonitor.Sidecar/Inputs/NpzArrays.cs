using System.IO.Compression;

namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>Named arrays in NumPy's format .npz: a zip archive of .npy files.</summary>
internal static class NpzArrays
{
    private const int MaxArrays = 256;
    private const string Extension = ".npy";

    /// <param name="file">The archive.</param>
    /// <param name="maxBytes">Most bytes of all arrays, unpacked.</param>
    /// <returns>Null if it is no such archive, or holds more.</returns>
    public static IReadOnlyList<(string Name, NpyArray Array)>? Read(ReadOnlyMemory<byte> file, int maxBytes)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(file.ToArray(), writable: false));
            if (archive.Entries.Count > MaxArrays)
            {
                return null;
            }

            var arrays = new List<(string, NpyArray)>();
            foreach (var entry in archive.Entries)
            {
                if (Unpack(entry, ref maxBytes) is not { } bytes || NpyArray.Read(bytes) is not { } array)
                {
                    return null;
                }

                arrays.Add((entry.FullName.EndsWith(Extension, StringComparison.Ordinal) ? entry.FullName[..^Extension.Length] : entry.FullName, array));
            }

            return arrays;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>The archive may say less than the entry unpacks to.</summary>
    private static byte[]? Unpack(ZipArchiveEntry entry, ref int room)
    {
        if (entry.Length > room)
        {
            return null;
        }

        using var stream = entry.Open();
        var bytes = new byte[entry.Length];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length || stream.ReadByte() >= 0)
        {
            return null;
        }

        room -= bytes.Length;
        return bytes;
    }
}
