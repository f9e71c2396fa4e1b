using AccuracyMonitor.Core.Labelling;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>Asks for the newest label requests that fit.</summary>
public sealed record RequestQuery
{
    /// <summary>Only those of this model; null or empty: of all.</summary>
    public string? Model { get; init; }

    /// <summary>Only those of this version; null or empty: of all.</summary>
    public string? Version { get; init; }

    /// <summary>Only those in one of these states; empty: in any.</summary>
    public IReadOnlyList<RequestState> States { get; init; } = [];

    /// <summary>Only predictions made at or after it.</summary>
    public DateTimeOffset Since { get; init; } = DateTimeOffset.MinValue;

    /// <summary>Only predictions made before it; null: of any time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only those that he answered last or holds now; null or empty: of all.</summary>
    public string? Annotator { get; init; }

    /// <summary>
    /// Label and annotator are withheld of requests about which a second or third opinion is wanted, but for what this annotator labelled himself; empty: also
    /// what he did. Null: nothing is withheld.
    /// </summary>
    public string? WithheldFrom { get; init; }

    /// <summary>Only those before this place in the queue.</summary>
    public long Before { get; init; } = long.MaxValue;

    /// <summary>Also the softmax vectors.</summary>
    public bool WithProbabilities { get; init; }

    /// <summary>1–10,000.</summary>
    public int Limit { get; init; } = 1000;
}

/// <summary>A label request as a list shows it.</summary>
/// <param name="Place">In the queue, ascending with the time at which the request was made. Never given twice while the request is kept.</param>
/// <param name="Annotator">Who answered last, or holds the request now; empty: nobody, or one without a name.</param>
/// <param name="Probabilities">K values; null when they were not asked for or are pruned.</param>
/// <param name="Withheld">Label and annotator are left out: see <see cref="RequestQuery.WithheldFrom"/>.</param>
public sealed record RequestListing(long Place, RequestSummary Request, string Annotator, float[]? Probabilities, bool Withheld);
