using System.Globalization;
using System.Text;

namespace AccuracyMonitor.Protocol;

/// <summary>Writes arrays as NumPy saves them (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html), version 1.0.</summary>
public static class NpyFormat
{
    /// <summary>The media type that these files are stored under.</summary>
    public const string ContentType = "application/x-npy";

    private const int Alignment = 64;

    /// <param name="type">As NumPy writes it, such as <c>&lt;f4</c> or <c>|u1</c>.</param>
    /// <param name="shape">Sizes of the dimensions.</param>
    /// <param name="data">Row-major, little-endian, as many elements as the shape has.</param>
    public static byte[] Write(string type, IReadOnlyList<long> shape, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var sizes = string.Join(", ", shape.Select(static s => s.ToString(CultureInfo.InvariantCulture)));
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({sizes}{(shape.Count == 1 ? "," : "")}), }}";
        const int Prefix = 10;
        var length = (Prefix + header.Length + Alignment) / Alignment * Alignment - Prefix;
        var file = new byte[Prefix + length + data.Length];
        ReadOnlySpan<byte> start = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)(length & 255), (byte)(length >> 8)];
        start.CopyTo(file);
        file.AsSpan(Prefix, length).Fill((byte)' ');
        Encoding.ASCII.GetBytes(header, file.AsSpan(Prefix));
        file[Prefix + length - 1] = (byte)'\n';
        data.CopyTo(file.AsSpan(Prefix + length));
        return file;
    }
}
