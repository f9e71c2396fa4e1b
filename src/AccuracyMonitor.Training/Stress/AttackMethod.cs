namespace AccuracyMonitor.Training.Stress;

public enum AttackMethod
{
    /// <summary>A few pixels, by particle swarm.</summary>
    Swarm = 1,

    /// <summary>All pixels, one step along the gradient's sign.</summary>
    Fgsm = 2,

    /// <summary>All pixels, several such steps from a drawn start.</summary>
    Pgd = 3,
}

/// <summary>One attack of a stress run.</summary>
/// <param name="Method">How.</param>
/// <param name="Selection">Of the swarm's pixels; null for the others.</param>
public sealed record Attack(AttackMethod Method, PixelSelection? Selection = null)
{
    /// <summary><c>swarm-influence</c>, <c>pgd</c>: names the files too.</summary>
    public string Name => Method == AttackMethod.Swarm ? $"swarm-{NameOf(Selection ?? PixelSelection.Influence)}" : Method == AttackMethod.Fgsm ? "fgsm"
        : "pgd";

    public static string NameOf(PixelSelection selection) => selection switch
    {
        PixelSelection.Influence => "influence",
        PixelSelection.Gradient => "gradient",
        PixelSelection.Random => "random",
        PixelSelection.InfluenceGradient => "influence-gradient",
        _ => throw new ArgumentOutOfRangeException(nameof(selection), selection, "Unknown selection."),
    };
}
