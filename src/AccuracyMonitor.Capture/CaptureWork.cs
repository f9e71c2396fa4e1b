using AccuracyMonitor.Capture.Sinks;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Hosting;

namespace AccuracyMonitor.Capture;

/// <summary>Whether the readers of the sink and of the tap get their work done.</summary>
public sealed class CaptureWork
{
    private readonly SinkQueue _sink;
    private readonly TapWorker _tap;

    internal CaptureWork(SinkQueue sink, TapWorker tap) => (_sink, _tap) = (sink, tap);

    public WorkProgress Sink => _sink.Progress;

    public bool SinkWaits => _sink.Reader.Count > 0;

    public WorkProgress Tap => _tap.Progress;

    public bool TapWaits => _tap.HasWork;
}
