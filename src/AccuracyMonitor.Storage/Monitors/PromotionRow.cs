using AccuracyMonitor.Core;

namespace AccuracyMonitor.Storage.Monitors;

/// <summary>Why a challenger took over, or did not.</summary>
public sealed record PromotionRow
{
    public required ModelKey Key { get; init; }

    /// <summary>The challenger; it need not be registered (a refused one is usually thrown away).</summary>
    public required string ChallengerVersion { get; init; }

    /// <summary>Who was champion at the time; null when nobody was.</summary>
    public string? ChampionVersion { get; init; }

    public required PromotionKind Kind { get; init; }

    public required bool Promoted { get; init; }

    /// <summary>Weighted log-loss on held-out labels, nats per label; NaN when not computed.</summary>
    public double ChampionLoss { get; init; } = double.NaN;

    /// <inheritdoc cref="ChampionLoss"/>
    public double ChallengerLoss { get; init; } = double.NaN;

    /// <summary>Of the difference of the losses; NaN when not computed.</summary>
    public double StandardError { get; init; } = double.NaN;

    public int Labels { get; init; }

    public string Reason { get; init; } = "";

    public required DateTimeOffset DecidedAt { get; init; }
}
