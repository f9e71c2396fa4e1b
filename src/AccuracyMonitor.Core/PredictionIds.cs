using System.Security.Cryptography;
using System.Text;

namespace AccuracyMonitor.Core;

/// <summary>
/// Ids under which predictions are kept. A prediction of an authenticated caller is kept as <c>CALLER␟ID</c>, so that callers who report the same id do not
/// speak of the same prediction. One of a caller who is not authenticated is kept under the id that he reported.
/// </summary>
public static class PredictionIds
{
    /// <summary>U+241F, which no reported id may have: so no id can be taken for another caller's.</summary>
    public const char Separator = '\u241F';

    /// <summary>Most characters of a reported id.</summary>
    public const int MaxReported = 128;

    /// <summary>Most characters of an id that is kept.</summary>
    public const int MaxKept = MaxCaller + 1 + MaxReported;

    private const int MaxCaller = 128;

    /// <summary>What the ids of an authenticated caller are kept with. Of a long subject, or one with the separator, its SHA-256 takes the place.</summary>
    public static string PrefixOf(string subject)
    {
        ArgumentException.ThrowIfNullOrEmpty(subject);
        var isName = subject.Length <= MaxCaller && !subject.Contains(Separator, StringComparison.Ordinal);
        return (isName ? subject : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)))}") + Separator;
    }

    /// <summary>The prefix of an id that is kept; empty: its caller was not authenticated.</summary>
    public static string PrefixIn(string kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        return kept[..(kept.IndexOf(Separator, StringComparison.Ordinal) + 1)];
    }

    /// <summary>Names the prediction that is kept under an id, whoever else has reported the same: an id without a caller is given the separator.</summary>
    public static string Exactly(string kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        return kept.Contains(Separator, StringComparison.Ordinal) ? kept : Separator + kept;
    }

    /// <summary>Whether an id names the prediction that is kept under another: as it is kept, or as its caller reported it.</summary>
    public static bool Names(string given, string kept)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(kept);
        return string.Equals(given, kept, StringComparison.Ordinal)
            || string.Equals(given, Exactly(kept), StringComparison.Ordinal)
            || (kept.EndsWith(given, StringComparison.Ordinal) && PrefixIn(kept).Length == kept.Length - given.Length);
    }
}
