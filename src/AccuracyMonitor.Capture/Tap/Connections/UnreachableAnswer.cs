using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace AccuracyMonitor.Capture.Tap.Connections;

/// <summary>What a caller gets whose connection has no model server.</summary>
internal static class UnreachableAnswer
{
    /// <summary>Reads until there is a call and answers it. A caller that makes none in time, or before the tap is to stop, loses its connection.</summary>
    /// <param name="caller">Its connection.</param>
    /// <param name="calls">Those of the connection.</param>
    /// <param name="firstCallWait">How long the caller may take for its first call.</param>
    /// <param name="time">Measures the waits.</param>
    /// <param name="drain">The tap is to stop.</param>
    public static async Task GiveAsync(ConnectionContext caller, ConnectionCalls calls, TimeSpan firstCallWait, TimeProvider time, CancellationToken drain)
    {
        try
        {
            using var deadline = new CancellationTokenSource(firstCallWait, time);
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(drain, deadline.Token);
            await ReadCallAsync(caller, calls, enough.Token);
            if (calls.Unreachable() is { } answer)
            {
                calls.End(CallOutcome.Unreachable, isOrderly: false);
                await caller.Transport.Output.WriteAsync(answer, CancellationToken.None);
                await caller.ReadOnAsync(CallerConnection.LastAnswer, time);
                return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It has gone, or has made no call in time, or the tap is to stop.
        }

        caller.Abort(new ConnectionAbortedException("There is no model server."));
    }

    private static async Task ReadCallAsync(ConnectionContext caller, ConnectionCalls calls, CancellationToken cancel)
    {
        for (var isOpen = true; isOpen && calls.AwaitsCall;)
        {
            var read = await caller.Transport.Input.ReadAsync(cancel);
            var rest = read.Buffer;
            while (calls.OfCaller(rest) is { Pass: > 0 } step)
            {
                rest = rest.Slice(step.Pass);
            }

            caller.Transport.Input.AdvanceTo(rest.Start, rest.End);
            isOpen = !read.IsCompleted;
        }
    }
}
