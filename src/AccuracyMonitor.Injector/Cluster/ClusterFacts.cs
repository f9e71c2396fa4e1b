using System.Globalization;
using System.Net;
using AccuracyMonitor.Injector.Decisions;
using AccuracyMonitor.Injector.Observability;
using k8s;
using k8s.Autorest;

namespace AccuracyMonitor.Injector.Cluster;

/// <summary>The cluster's version and kind, which say what a sidecar may contain. Asked for before anything is served, and again now and then: clusters
/// are upgraded.</summary>
internal sealed class ClusterFacts(IKubernetes api, TimeProvider time, ILogger<ClusterFacts> logger) : BackgroundService
{
    private const string OpenShiftGroup = "security.openshift.io";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private volatile ClusterView _view = ClusterView.Unknown;

    public ClusterView View => _view;

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
            await Task.Delay(_view.Minor is null || _view.IsOpenShift is null ? RetryAfter : Lifetime, time, stoppingToken);
            await TryAskAsync(stoppingToken);
        }
    }

    private async Task TryAskAsync(CancellationToken cancel)
    {
        try
        {
            var version = await api.Version.GetCodeAsync(cancel);
            _view = _view with { Minor = Parse(version.Major, version.Minor) };
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && e is HttpRequestException or HttpOperationException or OperationCanceledException)
        {
            // What it was is a better guess than nothing.
            InjectorLog.VersionUnknown(logger, Errors.Describe(e));
        }

        try
        {
            _view = _view with { IsOpenShift = await HasOpenShiftAsync(cancel) };
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && e is HttpRequestException or HttpOperationException or OperationCanceledException)
        {
            InjectorLog.PlatformUnknown(logger, Errors.Describe(e));
        }
    }

    private async Task<bool> HasOpenShiftAsync(CancellationToken cancel)
    {
        try
        {
            var groups = await api.Apis.GetAPIVersionsAsync(cancel);
            return groups.Groups?.Any(static g => g.Name == OpenShiftGroup && g.Versions.Any(static v => v.Version == "v1")) == true;
        }
        catch (HttpOperationException e) when (e.Response?.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private static int? Number(string? text) =>
        int.TryParse(text?.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
