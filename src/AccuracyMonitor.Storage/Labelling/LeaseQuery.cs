namespace AccuracyMonitor.Storage.Labelling;

/// <summary>Which requests to lease, for how long, to whom.</summary>
public sealed record LeaseQuery
{
    /// <summary>1–1000.</summary>
    public int MaxItems { get; init; } = 1;

    /// <summary>1 s to 12 h.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Only this model, when neither null nor empty.</summary>
    public string? Model { get; init; }

    /// <summary>Only this version, when neither null nor empty.</summary>
    public string? Version { get; init; }

    /// <summary>Who will answer; recorded. At most 200 characters.</summary>
    public string Annotator { get; init; } = "";

    /// <summary>He will be shown what the model answered: his answers about these requests are recorded so, by whichever lease he gives them.</summary>
    public bool Reveals { get; init; }
}
