using System.Text.RegularExpressions;

namespace AccuracyMonitor.Injector.Decisions;

/// <summary>Names as Kubernetes takes them: what it would refuse must not get into a pod, or the pod is refused.</summary>
internal static class Names
{
    // Linear in the text, so without a time limit: on a machine that is short of processors one second passed over a single letter, and a pod that
    // was right would have gone without its sidecar.
    private static readonly Regex Image = new(
        @"\A([a-zA-Z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
            + @"(:(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(@(?<digest>sha256:[0-9a-f]{64}))?\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking);

    /// <summary>A DNS subdomain, the name of most objects.</summary>
    public static bool IsObject(string text) => text.Length <= 253 && text.Split('.').All(IsLabel);

    public static bool IsConfigMapKey(string text) =>
        text.Length is >= 1 and <= 253 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_') && text is not "." and not "..";

    /// <summary>IANA_SVC_NAME: at most 15 of a–z, 0–9 and single hyphens inside, a letter among them.</summary>
    public static bool IsPort(string text) =>
        text.Length <= 15 && IsLabel(text) && text.Any(char.IsAsciiLetterLower) && !text.Contains("--", StringComparison.Ordinal);

    /// <summary>An image reference that will mean the same tomorrow: a tag other than <c>latest</c>, or a digest.</summary>
    public static bool IsPinnedImage(string text) =>
        Image.Match(text) is { Success: true } m && (m.Groups["digest"].Success || (m.Groups["tag"].Success && m.Groups["tag"].Value != "latest"));

    private static bool IsLabel(string text) =>
        text.Length > 0 && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && text[0] != '-' && text[^1] != '-';
}
