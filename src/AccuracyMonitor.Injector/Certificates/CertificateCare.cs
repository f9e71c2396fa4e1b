using AccuracyMonitor.Injector.Cluster;
using AccuracyMonitor.Injector.Observability;
using k8s.Autorest;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Certificates;

/// <summary>
/// Looks after certificates of our own making. Every replica does the same: reads what is shared, takes the next step if it is due, and publishes.
/// No leader: a step is written with the version of the Secret that it was taken from, so of two replicas one is refused and takes what the other wrote.
/// </summary>
internal sealed class CertificateCare(
    SharedCertificates shared, WebhookAuthorities webhook, IOptions<CertificateOptions> options, ServingCertificate serving, InjectorMetrics metrics,
    LoopHealths loops, TimeProvider time, ILogger<CertificateCare> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly CertificateOptions _options = options.Value;
    private readonly LoopHealth _health = loops.Add("certificates", options.Value.CheckInterval);
    private readonly CertificateRotation _rotation = new(
        DnsNames(options.Value), options.Value.Validity, options.Value.RenewBefore, options.Value.Overlap);

    /// <summary>The API server calls by the last of these; the others are for people.</summary>
    public static IReadOnlyList<string> DnsNames(CertificateOptions options)
    {
        var space = SharedCertificates.Namespace(options);
        return [$"{options.Service}.{space}.svc", options.Service, $"{options.Service}.{space}", $"{options.Service}.{space}.svc.cluster.local"];
    }

    /// <summary>One look, and at most one step.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        // In this order: a webhook configuration written after it was read here refuses ours, so that an older Secret can't be published over a newer.
        var configuration = await webhook.ReadAsync(cancel);
        var (state, secret) = await shared.ReadAsync(cancel);
        var published = state is not null && configuration is not null && WebhookAuthorities.Have(configuration, state.Bundle);
        if (_rotation.Step(state, published, time.GetUtcNow()) is var (next, step))
        {
            if (await shared.TryWriteAsync(next, secret, cancel))
            {
                state = next;
                Count(step);
                InjectorLog.CertificateStep(logger, step);
            }
            else
            {
                Count("conflict");
                InjectorLog.CertificateConflict(logger);
                (state, _) = await shared.ReadAsync(cancel);
            }
        }

        if (state is null)
        {
            throw new InvalidOperationException("The Secret was emptied meanwhile.");
        }

        serving.Use(state.Current.Open());
        if (configuration is not null && !WebhookAuthorities.Have(configuration, state.Bundle))
        {
            await PublishAsync(configuration, state, cancel);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = _options.CheckInterval;
            try
            {
                await LookAsync(stoppingToken);
                _health.Succeeded();
            }
            catch (Exception e) when (
                e is HttpRequestException or HttpOperationException or InvalidOperationException or System.Security.Cryptography.CryptographicException
                || (e is OperationCanceledException && !stoppingToken.IsCancellationRequested))
            {
                pause = pause < RetryAfter ? pause : RetryAfter;
                Count("failed");
                _health.Failed(Errors.Describe(e));
                InjectorLog.CertificateWorkFailed(logger, pause, Errors.Describe(e));
            }

            await Task.Delay(pause, time, stoppingToken);
        }
    }

    private async Task PublishAsync(k8s.Models.V1MutatingWebhookConfiguration configuration, CertificateState state, CancellationToken cancel)
    {
        if (await webhook.TryWriteAsync(configuration, state.Bundle, cancel))
        {
            Count("published");
            InjectorLog.AuthoritiesPublished(logger, _options.WebhookConfiguration);
        }
        else
        {
            Count("conflict");
            InjectorLog.CertificateConflict(logger);
        }
    }

    private void Count(string step) => metrics.CertificateStep(step);
}
