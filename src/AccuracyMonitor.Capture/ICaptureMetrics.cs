namespace AccuracyMonitor.Capture;

/// <summary>Counters of the tap and the sink. Thread-safe.</summary>
public interface ICaptureMetrics
{
    /// <summary>Rows that were read and taken.</summary>
    void Captured(string source, int rows);

    /// <summary>Answers that could not be read as predictions.</summary>
    void CaptureFailed(string source, string reason, long count);

    /// <summary>Exceptions that nothing foresaw; each is among the failures, or the missing inputs, too.</summary>
    void Defects(long count);

    /// <summary>Calls for predictions that went through the tap.</summary>
    void TapCalls(string protocol, string outcome, long count);

    /// <summary>Connections to the tap beyond <see cref="Tap.TapOptions.MaxConnections"/>.</summary>
    void ConnectionsRefused(long count);

    /// <summary>Events that came to the sink.</summary>
    void SinkEvents(string outcome, int count);

    /// <summary>Truths that came to the sink.</summary>
    void SinkTruths(string outcome, int count);

    /// <summary>A half of a call whose other half did not come.</summary>
    void SinkUnpaired(bool isRequest);

    /// <summary>Events for the sink behind this one.</summary>
    void SinkTee(string outcome, int count);
}
