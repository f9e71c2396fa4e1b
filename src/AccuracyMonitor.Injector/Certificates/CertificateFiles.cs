using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccuracyMonitor.Injector.Observability;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Certificates;

/// <summary>
/// Reads the certificate's files again when they change. By looking, not by notification: a mounted Secret changes by a swap of symbolic links,
/// which watchers miss. A pair that does not fit, as while it is being replaced, is read again at the next look; the one before stays.
/// </summary>
internal sealed class CertificateFiles(
    IOptions<CertificateOptions> options, ServingCertificate serving, InjectorMetrics metrics, LoopHealths loops, TimeProvider time,
    ILogger<CertificateFiles> logger)
        : BackgroundService
{
    private readonly CertificateOptions _options = options.Value;
    private readonly LoopHealth _health = loops.Add("certificates", options.Value.CheckInterval);
    private KeyPair? _read;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.CheckInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await ReadAsync(stoppingToken);
        }
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        try
        {
            var pair = new KeyPair(await File.ReadAllTextAsync(_options.CertificateFile, cancel), await File.ReadAllTextAsync(_options.KeyFile, cancel));
            if (pair != _read)
            {
                serving.Use(pair.Open());
                _read = pair;
                metrics.CertificateStep("loaded");
            }

            _health.Succeeded();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            metrics.CertificateStep("failed");
            _health.Failed(e.Message);
            InjectorLog.CertificateUnreadable(logger, e.Message);
        }
    }
}
