namespace AccuracyMonitor.Storage.Labelling;

/// <summary>What became of one label request given to the queue.</summary>
public enum RequestOutcome
{
    Created = 1,

    /// <summary>The model version has a request of that prediction id already; the first decision stays.</summary>
    Existing = 2,
}
