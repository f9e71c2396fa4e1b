namespace AccuracyMonitor.Hosting;

/// <summary>What is odd about the settings and does not keep the program from starting.</summary>
/// <param name="Notices">A sentence each.</param>
public sealed record ConfigurationNotices(IReadOnlyList<string> Notices)
{
    /// <summary>Writes each as a warning.</summary>
    public void Log(ILogger logger)
    {
        foreach (var notice in Notices)
        {
            HostingLog.SettingNotice(logger, notice);
        }
    }
}
