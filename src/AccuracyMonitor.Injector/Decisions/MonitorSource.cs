namespace AccuracyMonitor.Injector.Decisions;

internal enum MonitorSourceKind
{
    ConfigMap,
    Claim,
    File,
}

/// <summary>Where the sidecar's monitor file comes from.</summary>
/// <param name="Kind">Of what sort.</param>
/// <param name="Name">Of the ConfigMap or the claim; empty for a file.</param>
/// <param name="Path">Within it; of a file, absolute.</param>
internal sealed record MonitorSource(MonitorSourceKind Kind, string Name, string Path)
{
    public const string Forms = "configmap://NAME/KEY, pvc://CLAIM/PATH or file:///PATH, without '..'";

    private static readonly (string Scheme, MonitorSourceKind Kind)[] Schemes =
        [("configmap://", MonitorSourceKind.ConfigMap), ("pvc://", MonitorSourceKind.Claim), ("file://", MonitorSourceKind.File)];

    public static MonitorSource? Parse(string text)
    {
        foreach (var (scheme, kind) in Schemes)
        {
            if (!text.StartsWith(scheme, StringComparison.Ordinal))
            {
                continue;
            }

            var rest = text[scheme.Length..];
            var slash = rest.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0 || rest.Split('/').Contains(".."))
            {
                return null;
            }

            var (name, path) = (rest[..slash], rest[(slash + 1)..]);
            var holds = kind switch
            {
                MonitorSourceKind.File => name.Length == 0,
                MonitorSourceKind.ConfigMap => Names.IsObject(name) && Names.IsConfigMapKey(path),
                _ => Names.IsObject(name) && !path.StartsWith('/'),
            };
            return holds && path.Length > 0 ? new MonitorSource(kind, name, kind == MonitorSourceKind.File ? rest : path) : null;
        }

        return null;
    }
}
