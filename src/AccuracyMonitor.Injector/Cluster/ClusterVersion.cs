using System.Globalization;
using AccuracyMonitor.Injector.Observability;
using k8s;
using k8s.Autorest;

namespace AccuracyMonitor.Injector.Cluster;

/// <summary>The cluster's version, which says whether native sidecars work. Asked for before anything is served, and again now and then: clusters are
/// upgraded.</summary>
internal sealed class ClusterVersion(IKubernetes api, TimeProvider time, ILogger<ClusterVersion> logger) : BackgroundService
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    // −1: not known.
    private volatile int _minor = -1;

    /// <summary>The minor version of 1.x; null: not known.</summary>
    public int? Minor => _minor < 0 ? null : _minor;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryAskAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Some providers write <c>29+</c>.</summary>
    public static int? Parse(string? major, string? minor) => (Number(major), Number(minor)) switch
    {
        (1, { } number) => number,
        ( > 1, _) => int.MaxValue,
        _ => null,
    };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(_minor < 0 ? RetryAfter : Lifetime, time, stoppingToken);
            await TryAskAsync(stoppingToken);
        }
    }

    private async Task TryAskAsync(CancellationToken cancel)
    {
        try
        {
            var version = await api.Version.GetCodeAsync(cancel);
            _minor = Parse(version.Major, version.Minor) ?? -1;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && e is HttpRequestException or HttpOperationException or OperationCanceledException)
        {
            // What it was is a better guess than nothing.
            InjectorLog.VersionUnknown(logger, Errors.Describe(e));
        }
    }

    private static int? Number(string? text) =>
        int.TryParse(text?.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
