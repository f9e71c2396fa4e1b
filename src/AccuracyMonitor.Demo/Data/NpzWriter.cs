using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace AccuracyMonitor.Demo.Data;

/// <summary>Writes arrays as NumPy's .npz (a zip of .npy, NEP 1). The same numbers give the same bytes: entries carry a fixed date.</summary>
/// <param name="output">Where to write; stays open.</param>
public sealed class NpzWriter(Stream output) : IDisposable
{
    private static readonly DateTimeOffset FixedDate = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ZipArchive _zip = new(output, ZipArchiveMode.Create, leaveOpen: true);

    /// <param name="key">Name of the array.</param>
    /// <param name="shape">Its sizes; their product is the number of values.</param>
    /// <param name="values">Row-major.</param>
    public void Add(string key, ReadOnlySpan<int> shape, ReadOnlySpan<float> values) => Add(key, "<f4", shape, MemoryMarshal.AsBytes(values));

    /// <inheritdoc cref="Add(string, ReadOnlySpan{int}, ReadOnlySpan{float})"/>
    public void Add(string key, ReadOnlySpan<int> shape, ReadOnlySpan<ushort> values) => Add(key, "<u2", shape, MemoryMarshal.AsBytes(values));

    /// <inheritdoc cref="Add(string, ReadOnlySpan{int}, ReadOnlySpan{float})"/>
    public void Add(string key, ReadOnlySpan<int> shape, ReadOnlySpan<byte> values) => Add(key, "|u1", shape, values);

    public void Dispose() => _zip.Dispose();

    private void Add(string key, string type, ReadOnlySpan<int> shape, ReadOnlySpan<byte> values)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("NumPy files are written on little-endian hosts only.");
        }

        var entry = _zip.CreateEntry(key + ".npy", CompressionLevel.SmallestSize);
        entry.LastWriteTime = FixedDate;
        using var stream = entry.Open();
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({string.Join(", ", shape.ToArray())}{(shape.Length == 1 ? "," : "")}), }}";

        // Version 1.0: magic, header length, then the header padded so that the numbers start at a multiple of 64.
        var header = new byte[(10 + text.Length + 1 + 63) / 64 * 64];
        header.AsSpan().Fill((byte)' ');
        ((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0]).CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(header.Length - 10));
        Encoding.ASCII.GetBytes(text, header.AsSpan(10));
        header[^1] = (byte)'\n';
        stream.Write(header);
        stream.Write(values);
    }
}
