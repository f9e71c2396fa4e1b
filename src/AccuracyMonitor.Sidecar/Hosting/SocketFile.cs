using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>Makes room for the Unix socket. What a killed sidecar left is removed, and nothing else.</summary>
internal static class SocketFile
{
    /// <exception cref="IOException">Something other than a socket is there, or a socket that somebody listens on.</exception>
    public static void Prepare(string path)
    {
        if (path.Length == 0)
        {
            return;
        }

        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        if (!Path.Exists(full))
        {
            return;
        }

        // Connecting to a file that is no socket is refused just as connecting to a socket that nobody listens on.
        if (!IsSocket(full))
        {
            throw new IOException($"{full} (Listen:Socket) exists and is not a socket. It is left as it is; set another path, or remove it by hand.");
        }

        if (SomebodyListens(full))
        {
            throw new IOException($"Another process listens on {full} (Listen:Socket).");
        }

        File.Delete(full);
    }

    private static bool SomebodyListens(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e)
        {
            // Only a refusal says that nobody listens: a full backlog or missing permission does not.
            return e.SocketErrorCode != SocketError.ConnectionRefused;
        }
    }

    /// <summary>False also where it can't be found out, which is outside Linux.</summary>
    private static bool IsSocket(string path)
    {
        const int CurrentFolder = -100; // AT_FDCWD
        const int NotThroughLinks = 0x100; // AT_SYMLINK_NOFOLLOW
        const int Type = 1; // STATX_TYPE
        const int ModeOffset = 28; // stx_mode in struct statx, the same on every architecture
        const int TypeMask = 0xF000; // S_IFMT
        const int SocketType = 0xC000; // S_IFSOCK
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        var answer = new byte[256];
        if (Statx(CurrentFolder, path, NotThroughLinks, Type, answer) != 0)
        {
            return false;
        }

        var mode = BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReadUInt16LittleEndian(answer.AsSpan(ModeOffset)) : BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(ModeOffset));
        return (mode & TypeMask) == SocketType;
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] answer);
}
