using System.Globalization;

namespace AccuracyMonitor.Client;

/// <summary>How to reach the sidecar and how much the client may hold. The client copies it: a later change has no effect.</summary>
public sealed record MonitorClientOptions
{
    /// <summary>Environment variable with the address, set by the Kubernetes injector, as are the three below.</summary>
    public const string AddressVariable = "ACCURACY_MONITOR_ADDRESS";

    /// <summary>Environment variable with the model's name.</summary>
    public const string ModelVariable = "ACCURACY_MONITOR_MODEL";

    /// <summary>Environment variable with the model's version.</summary>
    public const string VersionVariable = "ACCURACY_MONITOR_VERSION";

    /// <summary>Environment variable with the class count.</summary>
    public const string ClassCountVariable = "ACCURACY_MONITOR_CLASS_COUNT";

    /// <summary>Environment variable with the path of a file that holds a bearer token.</summary>
    public const string TokenFileVariable = "ACCURACY_MONITOR_CLIENT_TOKEN_FILE";

    /// <summary>Environment variable with the path of a PEM file of certificate authorities.</summary>
    public const string AuthorityFileVariable = "ACCURACY_MONITOR_CLIENT_AUTHORITY_FILE";

    /// <summary>Environment variable with the path of a PEM file with the client's own certificate.</summary>
    public const string CertificateFileVariable = "ACCURACY_MONITOR_CLIENT_CERTIFICATE_FILE";

    /// <summary>Environment variable with the path of a PEM file with the key of that certificate.</summary>
    public const string KeyFileVariable = "ACCURACY_MONITOR_CLIENT_KEY_FILE";

    private const long MaxQueuedValues = 1L << 28;

    /// <summary>
    /// <c>unix:///path/to/socket</c>, <c>http://host:port</c>, or <c>https://host:port</c> for TLS. Default: <see cref="AddressVariable"/>, else
    /// <c>http://127.0.0.1:7700</c>.
    /// </summary>
    public string Address { get; set; } = FromEnvironment(AddressVariable, "http://127.0.0.1:7700");

    /// <summary>
    /// PEM file with the certificate authorities that an <c>https://</c> address is checked against, in place of the system's. Empty: the
    /// system's. Default: <see cref="AuthorityFileVariable"/>, else empty.
    /// </summary>
    public string CertificateAuthorityFile { get; set; } = FromEnvironment(AuthorityFileVariable, "");

    /// <summary>
    /// PEM file with the client's own certificate, for a sidecar behind <c>https://</c> that asks for one; it is read again when it changes. Default:
    /// <see cref="CertificateFileVariable"/>, else none.
    /// </summary>
    public string ClientCertificateFile { get; set; } = FromEnvironment(CertificateFileVariable, "");

    /// <summary>PEM file with the key of <see cref="ClientCertificateFile"/>, not encrypted. Default: <see cref="KeyFileVariable"/>, else none.</summary>
    public string ClientKeyFile { get; set; } = FromEnvironment(KeyFileVariable, "");

    /// <summary>
    /// File with a bearer token for a sidecar that asks for one; it is read again when it changes. Only with <c>https</c>, a Unix socket or this machine.
    /// Default: <see cref="TokenFileVariable"/>, else none.
    /// </summary>
    public string TokenFile { get; set; } = FromEnvironment(TokenFileVariable, "");

    /// <summary>Name of the deployed model, 1–128 characters. Default: <see cref="ModelVariable"/>; without it, it must be set.</summary>
    public string Model { get; set; } = FromEnvironment(ModelVariable, "");

    /// <summary>Version of the deployed model, 1–128 characters. Default: <see cref="VersionVariable"/>; without it, it must be set.</summary>
    public string Version { get; set; } = FromEnvironment(VersionVariable, "");

    /// <summary>Segment of all predictions of this client, or empty.</summary>
    public string Segment { get; set; } = "";

    /// <summary>K: length of every softmax vector, 2–10,000. Default: <see cref="ClassCountVariable"/>; without it, it must be set.</summary>
    public int ClassCount { get; set; } =
        int.TryParse(FromEnvironment(ClassCountVariable, ""), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    /// <summary>The vectors are logits; the sidecar applies the softmax. Default false.</summary>
    public bool Logits { get; set; }

    /// <summary>Send half precision, or the largest probabilities only, once the sidecar has said that it suffices for the monitor in use. Default
    /// true.</summary>
    public bool ShorterEncodings { get; set; } = true;

    /// <summary>
    /// Predictions held while the sidecar is slow or away; beyond it the oldest are dropped and counted. A power of two, 64–1,048,576; all of
    /// its memory, 4 bytes for each of the <see cref="ClassCount"/> values and 24 more, is taken at the start, at most 1 GiB of values. Default 8,192.
    /// </summary>
    public int QueueCapacity { get; set; } = 8192;

    /// <summary>Predictions per message, 1–4,096. Default 256.</summary>
    public int BatchSize { get; set; } = 256;

    /// <summary>Longest wait for a batch to fill, 0–10 s; after a pause in the traffic up to 50 ms more. Default 5 ms.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Messages sent and not yet answered, 1–256. Default 8.</summary>
    public int MaxInFlight { get; set; } = 8;

    /// <summary>An answer later than this counts as a lost connection, 1 ms–10 min. Default 10 s.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest pause between attempts to connect, 1 ms–10 min. Default 5 s.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What is wrong, one line each: field, value, bound. Empty: nothing.</summary>
    internal IReadOnlyList<string> Failures()
    {
        List<string> failures = [];
        Require(MonitorChannel.IsAddress(Address), nameof(Address), Address, MonitorChannel.AddressForms);
        Require(
            CertificateAuthorityFile is "" || File.Exists(CertificateAuthorityFile),
            nameof(CertificateAuthorityFile), CertificateAuthorityFile, "an existing PEM file, or empty");
        Require(
            ClientCertificateFile is "" || File.Exists(ClientCertificateFile),
            nameof(ClientCertificateFile), ClientCertificateFile, "an existing PEM file, or empty");
        Require(
            ClientCertificateFile is "" ? ClientKeyFile is "" : File.Exists(ClientKeyFile),
            nameof(ClientKeyFile), ClientKeyFile, "an existing PEM file where ClientCertificateFile is set, and else empty");
        Require(TokenFile is "" || File.Exists(TokenFile), nameof(TokenFile), TokenFile, "an existing file with a token, or empty");
        Require(
            TokenFile is "" || !MonitorChannel.IsAddress(Address) || MonitorChannel.KeepsTokensSecret(Address),
            nameof(Address), Address, "https, a Unix socket or this machine where TokenFile is set: whoever reads a token on the way can use it");
        Require(IsName(Model), nameof(Model), Model, $"a text of 1 to 128 characters (or set {ModelVariable})");
        Require(IsName(Version), nameof(Version), Version, $"a text of 1 to 128 characters (or set {VersionVariable})");
        Require(Segment is { Length: <= 128 }, nameof(Segment), Segment, "a text of 0 to 128 characters");
        Require(ClassCount is >= 2 and <= 10_000, nameof(ClassCount), ClassCount, $"2 to 10000 (or set {ClassCountVariable})");
        Require(
            QueueCapacity is >= 64 and <= 1 << 20 && System.Numerics.BitOperations.IsPow2(QueueCapacity),
            nameof(QueueCapacity), QueueCapacity, "a power of two, 64 to 1048576");
        Require(
            (long)QueueCapacity * ClassCount <= MaxQueuedValues,
            nameof(QueueCapacity), QueueCapacity, $"at most {MaxQueuedValues} values ÷ ClassCount = {MaxQueuedValues / Math.Max(1, ClassCount)}");
        Require(BatchSize is >= 1 and <= 4096, nameof(BatchSize), BatchSize, "1 to 4096");
        Require(MaxInFlight is >= 1 and <= 256, nameof(MaxInFlight), MaxInFlight, "1 to 256");
        Require(FlushInterval >= TimeSpan.Zero && FlushInterval <= TimeSpan.FromSeconds(10), nameof(FlushInterval), FlushInterval, "00:00:00 to 00:00:10");
        RequireDuration(ResponseTimeout, nameof(ResponseTimeout));
        RequireDuration(MaxReconnectDelay, nameof(MaxReconnectDelay));
        return failures;

        void Require(bool holds, string field, object? value, string bound)
        {
            if (!holds)
            {
                failures.Add($"{field} is '{value}'; it must be {bound}.");
            }
        }

        void RequireDuration(TimeSpan value, string field) =>
            Require(value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromMinutes(10), field, value, "00:00:00.001 to 00:10:00");
    }

    /// <summary>The files, for a channel of one's own: <c>new MonitorClientOptions().ToCredentials()</c> has those of the environment.</summary>
    public MonitorCredentials ToCredentials() => new()
    {
        CertificateAuthorityFile = CertificateAuthorityFile,
        ClientCertificateFile = ClientCertificateFile,
        ClientKeyFile = ClientKeyFile,
        TokenFile = TokenFile,
    };

    /// <exception cref="ArgumentException">With every failure.</exception>
    internal void ThrowIfInvalid()
    {
        if (Failures() is { Count: > 0 } failures)
        {
            throw new ArgumentException(string.Join(' ', failures));
        }
    }

    private static string FromEnvironment(string variable, string otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : otherwise;

    private static bool IsName(string? value) => value is { Length: >= 1 and <= 128 };
}
