using System.Runtime.InteropServices;
using AccuracyMonitor.Hosting;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>
/// The tap of a process, if it is to have one: started by the first application that gets so far, handed to each that follows, stopped after the
/// last. Without an application nobody would hear a signal, so with a tap it listens for them too.
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
