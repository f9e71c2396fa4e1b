namespace AccuracyMonitor.Core;

/// <summary>A deployed model in one version. Versions are never mixed in an estimate.</summary>
public readonly record struct ModelKey(string Model, string Version)
{
    public override string ToString() => $"{Model}:{Version}";
}
