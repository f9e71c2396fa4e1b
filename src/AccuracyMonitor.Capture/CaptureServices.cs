using AccuracyMonitor.Capture.Bodies;
using AccuracyMonitor.Capture.Sinks;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Hosting;

namespace AccuracyMonitor.Capture;

public static class CaptureServices
{
    /// <summary>
    /// Adds the sink and the reader of the tap. The caller adds <see cref="IObservedBatchSink"/>, <see cref="ICapturedInputs"/>, <see cref="ITruthFeed"/>,
    /// <see cref="CaptureInputOptions"/>, <see cref="ICaptureMetrics"/>,
    /// <see cref="IWorkerRestarts"/>, the options of both and a <see cref="TimeProvider"/>.
    /// </summary>
    public static void AddCapture(this IServiceCollection services)
    {
        services.AddSingleton<InputRing>();
        services.AddSingleton<CapturedBodies>();
        services.AddSingleton<CaptureFeed>();
        services.AddSink();
        services.AddSingleton<ModelOutputs>();
        services.AddSingleton<TapWorker>();
        services.AddSupervised<TapWorker>();
        services.AddSingleton(s => new CaptureWork(s.GetRequiredService<SinkQueue>(), s.GetRequiredService<TapWorker>()));
    }
}
