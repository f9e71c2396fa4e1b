namespace AccuracyMonitor.Training.Stress;

/// <summary>How the pixels that an attack may change are chosen.</summary>
public enum PixelSelection
{
    /// <summary>The largest influence <see cref="Stress.Influence.OfPixels"/>.</summary>
    Influence = 1,

    /// <summary>The largest |∂ log P_t / ∂x_j|.</summary>
    Gradient = 2,

    /// <summary>Drawn; needs no gradient.</summary>
    Random = 3,

    /// <summary>Of the pixels with influence, those with the largest |∂ log P_t / ∂x_j| times the change that the box allows in its direction.</summary>
    InfluenceGradient = 4,
}
