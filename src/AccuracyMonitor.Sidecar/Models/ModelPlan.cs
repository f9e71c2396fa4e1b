using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>How much is kept of the watched models: fixed when the sidecar starts.</summary>
internal sealed record ModelPlan(ModelLimits Limits, WindowPlan Windows, SamplerOptions Sampling);

/// <summary>How many of each thing are kept.</summary>
internal sealed record ModelLimits
{
    /// <summary>(model, version) pairs.</summary>
    public required int Models { get; init; }

    /// <summary>Segments of one model version.</summary>
    public required int Segments { get; init; }

    /// <summary>Segments with windows of their own; empty: the first <see cref="Segments"/> seen.</summary>
    public required string[] DeclaredSegments { get; init; }

    /// <summary>Predictions of one model version that a retry is recognised by.</summary>
    public required int RememberedIds { get; init; }
}
