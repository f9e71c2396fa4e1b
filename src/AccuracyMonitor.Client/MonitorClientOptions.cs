namespace AccuracyMonitor.Client;

/// <summary>How to reach the sidecar and how much the client may hold.</summary>
public sealed record MonitorClientOptions
{
    /// <summary>Environment variable with the address, set by the Kubernetes injector.</summary>
    public const string AddressVariable = "ACCURACY_MONITOR_ADDRESS";

    /// <summary>
    /// <c>unix:///path/to/socket</c> or <c>http://host:port</c>. Default: <see cref="AddressVariable"/>, else
    /// <c>http://127.0.0.1:7700</c>.
    /// </summary>
    public string Address { get; init; } = Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 } a ? a : "http://127.0.0.1:7700";

    /// <summary>Name of the deployed model, 1–128 characters.</summary>
    public required string Model { get; init; }

    /// <summary>Version of the deployed model, 1–128 characters.</summary>
    public required string Version { get; init; }

    /// <summary>Segment of all predictions of this client, or empty.</summary>
    public string Segment { get; init; } = "";

    /// <summary>K: length of every softmax vector, 2–10,000.</summary>
    public required int ClassCount { get; init; }

    /// <summary>The vectors are logits; the sidecar applies the softmax. Default false.</summary>
    public bool Logits { get; init; }

    /// <summary>Predictions held while the sidecar is slow or away; beyond it they are dropped and counted. A power of two, 64–1,048,576. Default 8,192.</summary>
    public int QueueCapacity { get; init; } = 8192;

    /// <summary>Predictions per message, 1–4,096. Default 256.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Longest wait for a batch to fill. Default 5 ms.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Messages sent and not yet answered. Default 8.</summary>
    public int MaxInFlight { get; init; } = 8;

    /// <summary>An answer later than this counts as a lost connection. Default 10 s.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest pause between attempts to connect. Default 5 s.</summary>
    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromSeconds(5);

    internal void Validate()
    {
        ThrowIfNotName(Model, nameof(Model));
        ThrowIfNotName(Version, nameof(Version));
        ArgumentOutOfRangeException.ThrowIfLessThan(ClassCount, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ClassCount, 10_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueueCapacity, 64);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(QueueCapacity, 1 << 20);
        ArgumentOutOfRangeException.ThrowIfNotEqual(System.Numerics.BitOperations.IsPow2(QueueCapacity), true, nameof(QueueCapacity));
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BatchSize, 4096);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInFlight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(FlushInterval, TimeSpan.Zero);
    }

    private static void ThrowIfNotName(string value, string field)
    {
        if (value.Length is 0 or > 128)
        {
            throw new ArgumentOutOfRangeException(field, value, $"{field} must have 1 to 128 characters; it has {value.Length}.");
        }
    }
}
