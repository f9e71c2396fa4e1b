using System.IO.Compression;
using ZstdSharp;

namespace AccuracyMonitor.Evaluation.Traces.Tables;

/// <summary>Opens a file as the stream of what it holds. Whether it is compressed its first bytes say, not its name.</summary>
internal static class TraceContainer
{
    /// <summary>Bytes that a compressed file may hold where all of it must be unpacked before it is read.</summary>
    private const long MostUnpacked = 1L << 34;

    public static Stream Open(string path)
    {
        var file = File.OpenRead(path);
        try
        {
            Span<byte> start = stackalloc byte[4];
            var count = file.ReadAtLeast(start, 4, throwOnEndOfStream: false);
            file.Position = 0;
            return start is [0x1F, 0x8B, ..] && count >= 2 ? new GZipStream(file, CompressionMode.Decompress)
                : start is [0x28, 0xB5, 0x2F, 0xFD] ? new DecompressionStream(file, leaveOpen: false)
                : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>For the formats that are read from their end: a compressed file is unpacked into a temporary one, which is deleted when it is closed.</summary>
    public static Stream OpenSeekable(string path)
    {
        var stream = Open(path);
        if (stream.CanSeek)
        {
            return stream;
        }

        using (stream)
        {
            var unpacked = new FileStream(
                Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
                new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose });
            try
            {
                Copy(path, stream, unpacked);
                unpacked.Position = 0;
                return unpacked;
            }
            catch
            {
                unpacked.Dispose();
                throw;
            }
        }
    }

    private static void Copy(string path, Stream from, FileStream to)
    {
        var buffer = new byte[1 << 20];
        int read;
        while ((read = from.Read(buffer)) > 0)
        {
            to.Write(buffer, 0, read);
            if (to.Length > MostUnpacked)
            {
                throw new TraceFileException($"{path}: unpacks to more than {MostUnpacked} bytes; unpack it yourself, or split it.");
            }
        }
    }
}
