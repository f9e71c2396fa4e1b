namespace AccuracyMonitor.Sidecar.Scoring;

/// <summary>A batch could not be scored.</summary>
/// <param name="id">Under which the log has the cause.</param>
internal sealed class ScoringFailedException(string id) : Exception($"Scoring failed; the log has the cause under {id}.")
{
    public string Id { get; } = id;
}
