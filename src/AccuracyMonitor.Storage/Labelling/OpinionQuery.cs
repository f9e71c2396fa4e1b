using AccuracyMonitor.Core;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>Asks for the newest second and third opinions that fit.</summary>
public sealed record OpinionQuery
{
    /// <summary>Only those about this model; null or empty: about all.</summary>
    public string? Model { get; init; }

    /// <summary>Only those about this version; null or empty: about all.</summary>
    public string? Version { get; init; }

    /// <summary>Only this annotator's; null or empty: everybody's.</summary>
    public string? Annotator { get; init; }

    /// <summary>Only those given at or after it.</summary>
    public DateTimeOffset Since { get; init; } = DateTimeOffset.MinValue;

    /// <summary>
    /// An opinion is left out while another one is wanted about its request, unless this annotator gave it; empty: whoever gave it. Null: none is left out.
    /// </summary>
    public string? WithheldFrom { get; init; }

    /// <summary>Only those before this place in the order in which they were given.</summary>
    public long Before { get; init; } = long.MaxValue;

    /// <summary>1–10,000.</summary>
    public int Limit { get; init; } = 1000;
}

/// <summary>An opinion as a list shows it.</summary>
/// <param name="Place">Ascending with the time at which the opinion was first given.</param>
public sealed record OpinionListing(long Place, ModelKey Key, string PredictionId, Opinion Opinion);
