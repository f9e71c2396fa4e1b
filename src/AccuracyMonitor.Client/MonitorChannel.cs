using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using AccuracyMonitor.Protocol;
using Grpc.Net.Client;

namespace AccuracyMonitor.Client;

/// <summary>Opens gRPC channels to a sidecar, over a Unix socket, TCP or TLS.</summary>
public static class MonitorChannel
{
    internal const string AddressForms = "unix:///path, http://host:port or https://host:port";

    private const string UnixScheme = "unix:";

    /// <param name="address"><c>unix:///path</c> (or <c>unix:path</c>) or <c>http(s)://host:port</c>.</param>
    /// <param name="credentials">Default: none.</param>
    /// <exception cref="ArgumentException">The address is neither, a file does not hold what it should, or the token would be sent over http to another
    /// machine.</exception>
    public static GrpcChannel Create(string address, MonitorCredentials? credentials = null)
    {
        credentials ??= new MonitorCredentials();
        if (!IsAddress(address))
        {
            throw new ArgumentException($"Address is '{address}'; it must be {AddressForms}.", nameof(address));
        }

        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,

            // What is not TLS is meant for this machine or this cluster, and a proxy of the environment would be sent the token.
            UseProxy = address.StartsWith("https:", StringComparison.OrdinalIgnoreCase),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            InitialHttp2StreamWindowSize = 4 * 1024 * 1024,
        };
        if (credentials.CertificateAuthorityFile.Length > 0)
        {
            handler.SslOptions.CertificateChainPolicy = TrustOnly(credentials.CertificateAuthorityFile);
        }

        if (credentials.ClientCertificateFile.Length > 0 || credentials.ClientKeyFile.Length > 0)
        {
            var certificate = new ClientCertificate(credentials.ClientCertificateFile, credentials.ClientKeyFile, TimeProvider.System);
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate.Current();
        }

        HttpMessageHandler sending = new TlsFailures(credentials, handler);
        if (credentials.TokenFile is { Length: > 0 } tokenFile)
        {
            if (!KeepsTokensSecret(address))
            {
                throw new ArgumentException(
                    $"Address is '{address}' and TokenFile '{tokenFile}'; a token is sent over https, a Unix socket or to this machine only, because whoever "
                        + "reads it on the way can use it.",
                    nameof(address));
            }

            sending = new BearerTokens(tokenFile, sending, TimeProvider.System);
        }

        var target = address;
        if (address.StartsWith(UnixScheme, StringComparison.Ordinal))
        {
            handler.ConnectCallback = ConnectTo(SocketPath(address));
            target = "http://localhost";
        }

        return GrpcChannel.ForAddress(target, new GrpcChannelOptions
        {
            HttpHandler = sending,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MessageLimits.MaxMessageBytes,
            MaxSendMessageSize = MessageLimits.MaxMessageBytes,
        });
    }

    internal static bool IsAddress(string? address) => address is not null
        && (address.StartsWith(UnixScheme, StringComparison.Ordinal)
            ? SocketPath(address).Length > 0
            : Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps));

    /// <summary>Nobody can read what is sent to the address on its way.</summary>
    internal static bool KeepsTokensSecret(string address) => address.StartsWith(UnixScheme, StringComparison.Ordinal)
        || (Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback));

    private static string SocketPath(string address)
    {
        var path = address[UnixScheme.Length..];
        return path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path;
    }

    private static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> ConnectTo(string path) => async (_, cancel) =>
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    };

    /// <summary>A private authority publishes no revocation list as a rule, and a client that can't reach one would never report.</summary>
    private static X509ChainPolicy TrustOnly(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new ArgumentException($"CertificateAuthorityFile is '{file}'; it can't be read: {e.Message}", nameof(file), e);
        }

        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new ArgumentException($"CertificateAuthorityFile is '{file}'; there is no PEM certificate in it.", nameof(file));
    }
}
