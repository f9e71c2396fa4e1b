using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace AccuracyMonitor.Tests.Traces;

/// <summary>Writes .npz files, right ones and wrong ones.</summary>
internal sealed class NpzWriter : IDisposable
{
    private readonly Dictionary<string, byte[]> _entries = [];

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"trace-{Guid.NewGuid():N}.npz");

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public NpzWriter Add<T>(string key, string type, string shape, params T[] values)
        where T : unmanaged =>
            AddBytes(key, Npy($"{{'descr': '{type}', 'fortran_order': False, 'shape': ({shape}), }}", MemoryMarshal.AsBytes(values.AsSpan())));

    public NpzWriter AddBytes(string key, byte[] content)
    {
        _entries[key + ".npy"] = content;
        return this;
    }

    public string Write()
    {
        using var file = File.Create(Path);
        using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        foreach (var (name, content) in _entries)
        {
            var entry = zip.CreateEntry(name);

            // Written twice the file is the same bytes; a recipe knows its inputs by them.
            entry.LastWriteTime = DateTimeOffset.UnixEpoch.AddYears(30);
            using var stream = entry.Open();
            stream.Write(content);
        }

        return Path;
    }

    public void Dispose() => File.Delete(Path);

    public static byte[] Npy(string header, ReadOnlySpan<byte> data)
    {
        var padded = Encoding.ASCII.GetBytes(header.PadRight(117) + "\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)padded.Length, (byte)(padded.Length >> 8), .. padded, .. data];
    }
}
