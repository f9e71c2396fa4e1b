using System.Collections.Concurrent;
using AccuracyMonitor.Injector.Decisions;
using AccuracyMonitor.Injector.Observability;
using k8s;
using k8s.Autorest;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Cluster;

/// <summary>
/// Labels and annotations of namespaces: an admission request has a namespace's name only. Read one by one and remembered for seconds rather than
/// watched: the right to get a namespace suffices, and nothing can fall behind unnoticed.
/// </summary>
internal sealed class NamespaceReader(
    IKubernetes api, IOptions<KubernetesOptions> options, TimeProvider time, InjectorMetrics metrics, ILogger<NamespaceReader> logger)
{
    private const int MaxRemembered = 10_000;

    /// <summary>What was read last is better than nothing while the API server is away.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (NamespaceView View, long ReadAt)> _read = new(StringComparer.Ordinal);

    /// <returns>Null if it could not be read, and nothing is remembered of it.</returns>
    public async Task<NamespaceView?> ReadAsync(string name, CancellationToken cancel)
    {
        if (name.Length == 0)
        {
            return null;
        }

        var known = _read.TryGetValue(name, out var last);
        if (known && time.GetElapsedTime(last.ReadAt) < options.Value.NamespaceLifetime)
        {
            metrics.NamespaceRead("remembered");
            return last.View;
        }

        try
        {
            using var limit = new CancellationTokenSource(options.Value.RequestTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
            var space = await api.CoreV1.ReadNamespaceAsync(name, cancellationToken: either.Token);
            var view = new NamespaceView(Texts(space.Metadata?.Labels), Texts(space.Metadata?.Annotations));
            if (_read.Count >= MaxRemembered)
            {
                _read.Clear();
            }

            _read[name] = (view, time.GetTimestamp());
            metrics.NamespaceRead("read");
            return view;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && e is HttpRequestException or HttpOperationException or OperationCanceledException)
        {
            var remembered = known && time.GetElapsedTime(last.ReadAt) < MaxAge;
            metrics.NamespaceRead(remembered ? "outdated" : "failed");
            InjectorLog.NamespaceUnreadable(logger, name, Errors.Describe(e), remembered ? "what it said before is used" : "it counts as silent");
            return remembered ? last.View : null;
        }
    }

    private static Dictionary<string, string> Texts(IDictionary<string, string>? map) => map is null ? []
        : new Dictionary<string, string>(map, StringComparer.Ordinal);
}
