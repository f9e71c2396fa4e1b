using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Inputs;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>A label request handed out for a time.</summary>
/// <param name="LeaseId">128 random bits in hexadecimal.</param>
/// <param name="Attempt">How often the label, or an opinion, has been leased, this time included.</param>
public sealed record LeasedRequest(LabelRequest Request, string LeaseId, int Attempt, DateTimeOffset LeaseExpires)
{
    /// <summary>Null: none is stored.</summary>
    public InputSummary? Input { get; init; }

    /// <summary>1: the label is asked for; 2 or 3: a second or third opinion, of an annotator who has said nothing about it.</summary>
    public int Opinion { get; init; } = 1;
}
