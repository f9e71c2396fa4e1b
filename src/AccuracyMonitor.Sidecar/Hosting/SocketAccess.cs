namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>Who may connect to the Unix socket: the application that reports may run as another user.</summary>
internal static class SocketAccess
{
    /// <summary>After the socket is bound: the system creates it by the umask, and .NET has no way to set that.</summary>
    public static void Apply(ListenOptions options)
    {
        if (options is { Socket.Length: > 0, SocketMode.Length: > 0 } && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.GetFullPath(options.Socket), (UnixFileMode)Convert.ToInt32(options.SocketMode, fromBase: 8));
        }
    }
}
