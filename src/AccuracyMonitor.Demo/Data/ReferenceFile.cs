using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace AccuracyMonitor.Demo.Data;

/// <summary>
/// Writes labelled softmax outputs as NumPy's .npz (a zip of .npy, NEP 1), the form that <c>accuracy-monitor train</c> reads. The same
/// numbers give the same bytes: entries carry a fixed date.
/// </summary>
internal static class ReferenceFile
{
    private static readonly DateTimeOffset FixedDate = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="output">Where to write.</param>
    /// <param name="probabilities">Row-major n×classes.</param>
    /// <param name="labels">n true classes.</param>
    /// <param name="classes">K.</param>
    public static void Write(Stream output, ReadOnlySpan<float> probabilities, ReadOnlySpan<byte> labels, int classes)
    {
        var wide = new ushort[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            wide[i] = labels[i];
        }

        using var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        Add(zip, "reference__probs", $"<f4', 'fortran_order': False, 'shape': ({labels.Length}, {classes})", MemoryMarshal.AsBytes(probabilities));
        Add(zip, "reference__labels", $"<u2', 'fortran_order': False, 'shape': ({labels.Length},)", MemoryMarshal.AsBytes<ushort>(wide));
    }

    private static void Add(ZipArchive zip, string key, string description, ReadOnlySpan<byte> values)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Reference files are written on little-endian hosts only.");
        }

        var entry = zip.CreateEntry(key + ".npy", CompressionLevel.SmallestSize);
        entry.LastWriteTime = FixedDate;
        using var stream = entry.Open();
        var text = $"{{'descr': '{description}, }}";

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
