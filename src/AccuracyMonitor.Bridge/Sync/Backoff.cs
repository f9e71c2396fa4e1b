using System.Security.Cryptography;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>When a side that failed is asked again: after pauses that double, up to a bound, each shortened at random by up to half.</summary>
internal sealed class Backoff(TimeSpan shortest, TimeSpan longest, TimeProvider time)
{
    private int _failures;
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    public bool MayTry => time.GetUtcNow() >= _next;

    /// <param name="asked">A pause that the other side asks for; null: none.</param>
    /// <returns>The pause.</returns>
    public TimeSpan Failed(TimeSpan? asked = null)
    {
        var doubled = shortest * Math.Pow(2, Math.Min(_failures, 20));
        var pause = doubled > longest ? longest : doubled;
        _failures++;

        // Not seeded: no result depends on it, unlike the coin of the sampling.
        pause *= 1 - (RandomNumberGenerator.GetInt32(500) / 1000.0);
        if (asked is { } longer && longer > pause)
        {
            pause = longer > longest ? longest : longer;
        }

        _next = time.GetUtcNow() + pause;
        return pause;
    }

    public void Succeeded()
    {
        _failures = 0;
        _next = DateTimeOffset.MinValue;
    }
}
