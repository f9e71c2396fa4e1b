using Microsoft.AspNetCore.Connections;

namespace AccuracyMonitor.Capture.Tap.Connections;

/// <summary>How a caller's connection is ended without loss of what it was told.</summary>
internal static class CallerConnection
{
    /// <summary>How long a caller may take to read the last that it is told, and to end its connection.</summary>
    public static readonly TimeSpan LastAnswer = TimeSpan.FromSeconds(5);

    /// <summary>A caller that sends nothing for so long is not sending a request any more.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// Reads what the caller still sends, at most for <see cref="LastAnswer"/>. If the connection ended with bytes unread, the kernel would reset it, and
    /// the caller could lose an answer that it has not read yet.
    /// </summary>
    /// <param name="caller">Nobody else reads from it.</param>
    /// <param name="quiet">The caller has stopped sending when nothing has come for so long.</param>
    /// <param name="time">Measures the waits.</param>
    public static async Task ReadOnAsync(this ConnectionContext caller, TimeSpan quiet, TimeProvider time)
    {
        using var deadline = new CancellationTokenSource(LastAnswer, time);
        try
        {
            for (var isOpen = true; isOpen;)
            {
                using var pause = new CancellationTokenSource(quiet, time);
                using var enough = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, pause.Token);
                var read = await caller.Transport.Input.ReadAsync(enough.Token);
                caller.Transport.Input.AdvanceTo(read.Buffer.End);
                isOpen = !read.IsCompleted;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It has sent all, has gone, or has had its time.
        }
    }
}
