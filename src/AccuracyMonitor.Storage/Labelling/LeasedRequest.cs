using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Inputs;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>A label request handed out for a time.</summary>
/// <param name="LeaseId">128 random bits in hexadecimal.</param>
/// <param name="Attempt">How often the request has been leased, this time included.</param>
public sealed record LeasedRequest(LabelRequest Request, string LeaseId, int Attempt, DateTimeOffset LeaseExpires)
{
    /// <summary>Null: none is stored.</summary>
    public InputSummary? Input { get; init; }
}
