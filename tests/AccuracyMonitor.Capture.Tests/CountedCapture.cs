namespace AccuracyMonitor.Capture.Tests;

/// <summary>Keeps what tests ask for.</summary>
internal sealed class CountedCapture : ICaptureMetrics
{
    public List<(string Reason, long Count)> Failures { get; } = [];

    public List<(string Protocol, string Outcome, long Count)> Calls { get; } = [];

    public List<(string Outcome, int Count)> Tee { get; } = [];

    public long Refused { get; private set; }

    public long DefectCount { get; private set; }

    public void CaptureFailed(string source, string reason, long count) => Failures.Add((reason, count));

    public void Defects(long count) => DefectCount += count;

    public void Captured(string source, int rows)
    {
    }

    public void TapCalls(string protocol, string outcome, long count) => Calls.Add((protocol, outcome, count));

    public void ConnectionsRefused(long count) => Refused += count;

    public void SinkEvents(string outcome, int count)
    {
    }

    public void SinkTruths(string outcome, int count)
    {
    }

    public void SinkUnpaired(bool isRequest)
    {
    }

    public void SinkTee(string outcome, int count) => Tee.Add((outcome, count));
}
