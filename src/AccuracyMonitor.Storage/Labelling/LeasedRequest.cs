using AccuracyMonitor.Core.Labelling;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>A label request handed out for a time.</summary>
/// <param name="LeaseId">128 random bits in hexadecimal.</param>
/// <param name="Attempt">How often the request has been leased, this time included.</param>
public sealed record LeasedRequest(LabelRequest Request, string LeaseId, int Attempt, DateTimeOffset LeaseExpires);
