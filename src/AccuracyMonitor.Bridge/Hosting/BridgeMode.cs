namespace AccuracyMonitor.Bridge.Hosting;

public enum BridgeMode
{
    /// <summary>Until it is stopped.</summary>
    Serve,

    /// <summary>One pass over everything, for a scheduler that starts it again.</summary>
    Once,

    /// <summary>Says what would be done, and changes nothing.</summary>
    DryRun,
}
