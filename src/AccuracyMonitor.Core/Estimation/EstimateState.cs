namespace AccuracyMonitor.Core.Estimation;

/// <summary>Whether an estimate has a value, or why not. The numbers are part of the wire format: add new ones, never change one.</summary>
public enum EstimateState
{
    Ok = 1,

    /// <summary>Fewer predictions than <see cref="EstimatorOptions.MinSamples"/>.</summary>
    InsufficientSamples = 2,

    /// <summary>Fewer labels than <see cref="EstimatorOptions.MinLabels"/>.</summary>
    InsufficientLabels = 3,

    /// <summary>The monitor has not been validated or its validity alarm has fired, so the label-free estimate is withdrawn.</summary>
    MonitorInvalid = 4,
}
