using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccuracyMonitor.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>Ends TLS in front of a sidecar, as a proxy or a mesh does, with a certificate of its own that nobody else signed.</summary>
internal sealed class TlsFront : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;

    private TlsFront(WebApplication app, X509Certificate2 certificate) => (_app, _certificate) = (app, certificate);

    /// <summary>By name: the certificate is one for localhost.</summary>
    public string Address => $"https://localhost:{new Uri(_app.Urls.Single()).Port}";

    public string CertificatePem => _certificate.ExportCertificatePem();

    public static async Task<TlsFront> StartAsync(TestSidecar sidecar)
    {
        var certificate = SelfSigned();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l =>
        {
            l.Protocols = HttpProtocols.Http2;
            l.UseHttps(certificate);
        }));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(sidecar.Predictions);
        var app = builder.Build();
        app.MapGrpcService<Relay>();
        await app.StartAsync();
        return new TlsFront(app, certificate);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate.Dispose();
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private sealed class Relay(PredictionService.PredictionServiceClient sidecar) : PredictionService.PredictionServiceBase
    {
        public override async Task Observe(
            IAsyncStreamReader<ObserveRequest> requestStream, IServerStreamWriter<ObserveResponse> responseStream, ServerCallContext context)
        {
            using var call = sidecar.Observe(cancellationToken: context.CancellationToken);
            while (await requestStream.MoveNext())
            {
                await call.RequestStream.WriteAsync(requestStream.Current);
                await call.ResponseStream.MoveNext(context.CancellationToken);
                await responseStream.WriteAsync(call.ResponseStream.Current);
            }
        }
    }
}
