using System.Runtime.InteropServices;
using AccuracyMonitor.Capture.Bodies;
using AccuracyMonitor.Hosting;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Capture.Tap.Connections;

/// <summary>
/// Owns the process's tap, if the settings ask for one. The first application that is ready starts it; later ones reuse it. Handles SIGTERM while no
/// application runs.
/// </summary>
public sealed class TapLifetime(CancellationToken stop) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private readonly List<PosixSignalRegistration> _signals = [];

    public TapHost? Host { get; private set; }

    /// <summary>The process is to end.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <param name="app">Built and its options checked; its reader gets the tap's queue.</param>
    /// <param name="drain">How long calls under way may take once the tap is told to stop.</param>
    public async Task StartAsync(WebApplication app, TimeSpan drain)
    {
        var options = app.Services.GetRequiredService<IOptions<TapOptions>>().Value;
        if (!options.IsOn)
        {
            return;
        }

        if (Host is null)
        {
            Host = await TapHost.StartAsync(
                options, app.Configuration, drain, app.Services.GetRequiredService<TimeProvider>(), app.Services.GetRequiredService<InputRing>());
            _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle));
            _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle));
            foreach (var (use, address) in Host.Listeners.Addresses)
            {
                CaptureLog.ListeningTap(Host.Logger, use switch { ListenerUse.TapGrpc => "gRPC", ListenerUse.TapRest => "REST", _ => "probes" }, address);
            }
        }

        app.Services.GetRequiredService<TapWorker>().Attach(Host.Queue);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        if (Host is not null)
        {
            await Host.StopAsync();
            await Host.DisposeAsync();
        }

        _stop.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        _stop.Cancel();
    }
}
