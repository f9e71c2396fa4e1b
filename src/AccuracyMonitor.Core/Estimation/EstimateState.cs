namespace AccuracyMonitor.Core.Estimation;

/// <summary>Whether an estimate has a value, or why not. The numbers go over the wire: they may only be added to.</summary>
public enum EstimateState
{
    Ok = 1,

    /// <summary>Fewer predictions than <see cref="EstimationOptions.MinSamples"/>.</summary>
    InsufficientSamples = 2,

    /// <summary>Fewer labels than <see cref="EstimationOptions.MinLabels"/>.</summary>
    InsufficientLabels = 3,

    /// <summary>The monitor is unproven or its validity alarm has fired: the label-free number is withdrawn.</summary>
    MonitorInvalid = 4,
}
