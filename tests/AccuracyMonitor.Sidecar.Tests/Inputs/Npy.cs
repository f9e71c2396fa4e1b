using System.Runtime.InteropServices;
using System.Text;

namespace AccuracyMonitor.Sidecar.Tests.Inputs;

/// <summary>Arrays as NumPy saves them.</summary>
internal static class Npy
{
    /// <param name="type">As NumPy writes it, such as <c>&lt;f4</c>.</param>
    /// <param name="shape">As a tuple of Python without the brackets.</param>
    /// <param name="values">Of that type.</param>
    public static byte[] Of<T>(string type, string shape, params T[] values)
        where T : unmanaged
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({shape}), }}";
        header = header.PadRight(64 - 10 + (((header.Length + 10) / 64) * 64) - 1) + '\n';
        return
        [
            0x93, .. "NUMPY"u8, 1, 0, (byte)(header.Length & 255), (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header),
            .. MemoryMarshal.AsBytes(values.AsSpan()),
        ];
    }
}
