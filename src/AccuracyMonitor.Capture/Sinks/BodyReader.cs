namespace AccuracyMonitor.Capture.Sinks;

internal enum BodyOutcome
{
    Read,

    /// <summary>Larger than one event may be.</summary>
    TooLarge,

    /// <summary>The budget is used up.</summary>
    NoRoom,
}

/// <summary>Reads a body whole, never holding more than the budget gives. What is held grows with what has arrived: a sender that declares much and sends
/// little holds little.</summary>
internal static class BodyReader
{
    private const int FirstChunk = 4096;

    /// <param name="stream">The body.</param>
    /// <param name="declared">Content-Length; null: not known.</param>
    /// <param name="maxBytes">Largest body.</param>
    /// <param name="budget">Charged with what is held, until the body is released.</param>
    /// <param name="cancel">The sender has gone.</param>
    /// <exception cref="IOException">The sender broke off; nothing is held.</exception>
    public static async ValueTask<(BodyOutcome Outcome, PooledBody? Body)> ReadAsync(
        Stream stream, long? declared, int maxBytes, IHeldBytes budget, CancellationToken cancel)
    {
        if (declared > maxBytes)
        {
            return (BodyOutcome.TooLarge, null);
        }

        // Of a declared length no byte more is needed; of any other one more, to see that the body ends.
        var most = declared ?? (maxBytes + 1L);
        var size = (int)Math.Min(FirstChunk, most);
        if (!budget.TryTake(size))
        {
            return (BodyOutcome.NoRoom, null);
        }

        var held = size;
        try
        {
            var buffer = new byte[size];
            var length = 0;
            while (true)
            {
                if (length == buffer.Length && length < most)
                {
                    var larger = Math.Min((long)buffer.Length * 2, most);
                    if (!budget.TryTake(larger - buffer.Length))
                    {
                        return (BodyOutcome.NoRoom, null);
                    }

                    held = (int)larger;
                    Array.Resize(ref buffer, held);
                }

                var read = length < buffer.Length ? await stream.ReadAsync(buffer.AsMemory(length), cancel) : 0;
                if (read == 0)
                {
                    break;
                }

                length += read;
            }

            if (length > maxBytes)
            {
                return (BodyOutcome.TooLarge, null);
            }

            var body = new PooledBody(buffer, length, budget);
            held = 0;
            return (BodyOutcome.Read, body);
        }
        finally
        {
            budget.Return(held);
        }
    }
}
