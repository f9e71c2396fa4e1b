namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>Nothing is wrong with what was asked, and it can't be done now: the caller may try again later (RESOURCE_EXHAUSTED).</summary>
/// <param name="reason">For programs, such as <c>MONITORS_LOADING</c>.</param>
/// <param name="message">For people, with the setting that bounds it.</param>
internal sealed class BusyException(string reason, string message) : Exception(message)
{
    public string Reason => reason;
}
