namespace AccuracyMonitor.Core;

/// <summary>A deployed model in one version. An estimate never mixes versions.</summary>
public readonly record struct ModelKey(string Model, string Version)
{
    public override string ToString() => $"{Model}:{Version}";
}
