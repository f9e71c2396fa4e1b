using System.Diagnostics;

namespace AccuracyMonitor.Tests;

internal static class OtherProcess
{
    /// <summary>
    /// Reads the files of an open SQLite database as another program does. This process must not: when it closes any handle of a file, it loses all the locks
    /// that SQLite holds on it.
    /// </summary>
    /// <param name="database">Its path.</param>
    /// <returns>Database and log, one after the other.</returns>
    public static byte[] ReadDatabase(string database)
    {
        string[] files = [.. ((string[])[database, $"{database}-wal", $"{database}-shm"]).Where(File.Exists)];
        using var cat = Process.Start(new ProcessStartInfo("cat", files) { UseShellExecute = false, RedirectStandardOutput = true })!;
        using var bytes = new MemoryStream();
        cat.StandardOutput.BaseStream.CopyTo(bytes);
        cat.WaitForExit();
        cat.ExitCode.ShouldBe(0);
        return bytes.ToArray();
    }
}
