namespace AccuracyMonitor.Injector.Decisions;

/// <summary>What a namespace says to all its pods.</summary>
internal sealed record NamespaceView(IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations)
{
    public static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>(StringComparer.Ordinal);
}
