namespace AccuracyMonitor.Capture;

/// <summary>How bodies of requests are held until it is known which of their rows are to be labelled.</summary>
/// <param name="IsOn">Else nothing is held.</param>
/// <param name="MaxBytes">Of all bodies held; one may have a quarter, also when it is unpacked, and so may the inputs read out of it.</param>
/// <param name="MaxAge">An older body is given up.</param>
public sealed record CaptureInputOptions(bool IsOn, long MaxBytes, TimeSpan MaxAge);
