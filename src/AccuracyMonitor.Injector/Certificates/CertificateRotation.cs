using System.Security.Cryptography.X509Certificates;

namespace AccuracyMonitor.Injector.Certificates;

/// <summary>
/// When certificates change, without a moment in which a certificate is served that an API server does not trust. Four states in a circle:
/// steady; announced (the new authority is published beside the old one, the old certificate is served); promoted (the new certificate is served,
/// both authorities are published, since another replica may still serve the old one); steady again.
/// </summary>
internal sealed class CertificateRotation(IReadOnlyList<string> names, TimeSpan validity, TimeSpan renewBefore, TimeSpan overlap)
{
    /// <param name="state">Null: none yet.</param>
    /// <param name="published">Whether the webhook configuration has the state's authorities.</param>
    /// <param name="now">Moves nothing by itself: the same state at the same time takes the same step.</param>
    /// <returns>The new state and the step's name; null: nothing to do.</returns>
    public (CertificateState State, string Step)? Step(CertificateState? state, bool published, DateTimeOffset now)
    {
        if (state is null)
        {
            return (First(now), "issued");
        }

        using var current = state.Current.Open();
        var ended = current.NotAfter <= now.UtcDateTime;
        var waited = now - state.ChangedAt >= overlap;
        switch (state)
        {
            case { Next: not null } when ended || (published && waited):
                return (state with { Current = state.Next, Next = null, ChangedAt = now }, "promoted");
            case { Next: not null }:
                return null;
            case var _ when ended || !names.All(n => current.MatchesHostname(n)):
                return (First(now), "issued");
            case { Authorities.Count: > 1 } when published && waited:
                return (state with { Authorities = [state.Authorities[^1]], ChangedAt = now }, "retired");
            case { Authorities.Count: 1 } when current.NotAfter - renewBefore <= now.UtcDateTime:
                var (next, authority) = CertificateIssuer.Issue(names, now, validity);
                return (state with { Next = next, Authorities = [.. state.Authorities, authority], ChangedAt = now }, "announced");
            default:
                return null;
        }
    }

    private CertificateState First(DateTimeOffset now)
    {
        var (certificate, authority) = CertificateIssuer.Issue(names, now, validity);
        return new CertificateState { Current = certificate, Authorities = [authority], ChangedAt = now };
    }
}
