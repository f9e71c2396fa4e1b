namespace AccuracyMonitor.Bridge.LabelStudio;

/// <summary>Label Studio's own Skip has no reason, so the labelling config offers reasons as choices.</summary>
internal static class SkipReasons
{
    public const string None = "skipped without a reason";

    public static IReadOnlyList<string> All { get; } = ["unreadable", "none of the classes", "several classes fit", "needs an expert", "not allowed to see it"];
}
