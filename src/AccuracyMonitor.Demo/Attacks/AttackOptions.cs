namespace AccuracyMonitor.Demo.Attacks;

public enum AttackKind
{
    /// <summary>Fast gradient sign method: one step (I. Goodfellow, J. Shlens, C. Szegedy, arXiv 1412.6572, section 4).</summary>
    Fgsm = 1,

    /// <summary>Projected gradient descent: a random start and ten small steps (A. Madry et al., arXiv 1706.06083, section 2.1).</summary>
    Pgd = 2,
}

/// <summary>How images are attacked.</summary>
/// <param name="Kind">The method.</param>
/// <param name="Severity">1…5: the ball's radius in the maximum norm is <see cref="Radius"/> grey levels.</param>
/// <param name="Seed">Of PGD's random start; FGSM uses none.</param>
public sealed record AttackOptions(AttackKind Kind, int Severity, ulong Seed)
{
    public const int MinSeverity = 1;
    public const int MaxSeverity = 5;

    private static readonly int[] Radii = [2, 4, 8, 16, 24];

    /// <summary>Largest change of any pixel, in grey levels of 0…255.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The severity is outside 1…5.</exception>
    public int Radius
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(Severity, MinSeverity);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(Severity, MaxSeverity);
            return Radii[Severity - 1];
        }
    }
}
