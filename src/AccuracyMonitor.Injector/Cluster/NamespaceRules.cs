using System.Collections.Frozen;
using AccuracyMonitor.Injector.Decisions;
using AccuracyMonitor.Injector.Observability;
using k8s;
using k8s.Autorest;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Cluster;

/// <summary>
/// LimitRanges and ResourceQuotas of all namespaces, listed now and then and never while a pod waits. Until they were read, and where they can't be,
/// no rule is known; while the API server is away those that were read last are used.
/// </summary>
internal sealed class NamespaceRules(
    IKubernetes api, IOptions<KubernetesOptions> options, TimeProvider time, InjectorMetrics metrics, LoopHealths loops, ILogger<NamespaceRules> logger)
    : BackgroundService
{
    /// <summary>From the API server's memory, which is as fresh as its watches.</summary>
    private const string FromCache = "0";

    private readonly LoopHealth _health = loops.Add("rules", options.Value.RulesInterval);
    private volatile FrozenDictionary<string, ResourceRules> _rules = FrozenDictionary<string, ResourceRules>.Empty;
    private bool _failed;

    public ResourceRules Of(string space) => _rules.GetValueOrDefault(space, ResourceRules.None);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryReadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(options.Value.RulesInterval, time, stoppingToken);
            await TryReadAsync(stoppingToken);
        }
    }

    private async Task TryReadAsync(CancellationToken cancel)
    {
        try
        {
            var ranges = await api.CoreV1.ListLimitRangeForAllNamespacesAsync(resourceVersion: FromCache, cancellationToken: cancel);
            var quotas = await api.CoreV1.ListResourceQuotaForAllNamespacesAsync(resourceVersion: FromCache, cancellationToken: cancel);
            var ofRanges = ranges.Items.ToLookup(r => r.Metadata.NamespaceProperty, StringComparer.Ordinal);
            var ofQuotas = quotas.Items.ToLookup(q => q.Metadata.NamespaceProperty, StringComparer.Ordinal);
            _rules = ofRanges.Select(r => r.Key).Union(ofQuotas.Select(q => q.Key), StringComparer.Ordinal)
                .ToFrozenDictionary(space => space, space => ResourceRules.Of(ofRanges[space], ofQuotas[space]), StringComparer.Ordinal);
            _failed = false;
            metrics.RulesRead("read");
            _health.Succeeded();
        }
#pragma warning disable CA1031 // Rules that can't be read, or are of another shape, must neither end the injector nor keep a pod from being made.
        catch (Exception e) when (!cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            metrics.RulesRead("failed");
            _health.Failed(Errors.Describe(e));
            if (!_failed)
            {
                InjectorLog.RulesUnreadable(logger, Errors.Describe(e));
            }

            _failed = true;
        }
    }
}
