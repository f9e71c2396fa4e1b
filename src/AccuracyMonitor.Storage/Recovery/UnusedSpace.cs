using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace AccuracyMonitor.Storage.Recovery;

/// <summary>
/// Overwrites the unused space of a database's tree pages with zeros. SQLite's secure_delete overwrites what is deleted, but when rows move between pages
/// the cells that a page had before stay in its unused space, between the pointers and the cells: of 600 ids, leases and vectors that were deleted, 8 were
/// still in the file.
/// </summary>
/// <remarks>
/// Only bytes that belong to nothing are written, so that an interruption damages nothing. Format: https://sqlite.org/fileformat2.html, section "B-tree Pages".
/// </remarks>
internal static class UnusedSpace
{
    private const int FileHeader = 100;

    /// <param name="path">Of a database that nobody writes, with an empty log.</param>
    /// <param name="roots">First pages of its tables and indices.</param>
    /// <exception cref="InvalidDataException">A page is not what the page above it says.</exception>
    public static void Clear(string path, IEnumerable<long> roots)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var header = new byte[FileHeader];
        Read(file, header, 0);
        var size = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(16));
        var page = new byte[size == 1 ? 65536 : size];
        var pages = RandomAccess.GetLength(file) / page.Length;
        var seen = 0L;
        Stack<long> open = new(roots.Append(1));
        while (open.TryPop(out var number))
        {
            if (number < 1 || number > pages || ++seen > pages)
            {
                throw new InvalidDataException($"{path}: page {number} is part of no tree");
            }

            var start = (number - 1) * page.Length;
            Read(file, page, start);
            var (from, until) = Unused(page, number == 1 ? FileHeader : 0, open);
            var unused = page.AsSpan()[from..until];
            if (unused.ContainsAnyExcept((byte)0))
            {
                unused.Clear();
                RandomAccess.Write(file, unused, start + from);
            }
        }

        RandomAccess.FlushToDisk(file);
    }

    /// <param name="page">A tree page.</param>
    /// <param name="header">Where its header begins.</param>
    /// <param name="children">Gets the pages below it.</param>
    private static (int From, int Until) Unused(byte[] page, int header, Stack<long> children)
    {
        var interior = page[header] switch
        {
            2 or 5 => true,
            10 or 13 => false,
            var type => throw new InvalidDataException($"a page of type {type} is in a tree"),
        };
        var cells = Short(page, header + 3);
        var content = Short(page, header + 5) is var at and not 0 ? at : 65536;
        var pointers = header + (interior ? 12 : 8);
        var end = pointers + (2 * cells);
        if (end > content || content > page.Length)
        {
            throw new InvalidDataException($"a tree page has {cells} cells from {content}");
        }

        if (interior)
        {
            children.Push(BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(header + 8)));
            for (var cell = 0; cell < cells; cell++)
            {
                children.Push(BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(Short(page, pointers + (2 * cell)))));
            }
        }

        return (end, content);
    }

    private static int Short(byte[] page, int at) => BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(at));

    private static void Read(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(file, bytes, offset);
            if (read == 0)
            {
                throw new InvalidDataException("the file ends within a page");
            }

            bytes = bytes[read..];
            offset += read;
        }
    }
}
