namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// The random number behind a sampling decision: a number in [0,1) determined by (seed, model, version, prediction id). A retry or a replay
/// therefore decides the same, and an auditor can repeat it. It is the <see cref="StableHash"/> of the id, seeded with the hash of the
/// version, which is seeded with the hash of the model, which is seeded with the seed.
/// </summary>
public static class SamplingCoin
{
    public static double Uniform(ulong seed, ModelKey key, ReadOnlySpan<char> id) => StableHash.ToUniform(Hash(seed, key, id));

    /// <summary>The hash from which <see cref="Uniform"/> is computed; also a suitable key for <c>RecentIds</c>.</summary>
    public static ulong Hash(ulong seed, ModelKey key, ReadOnlySpan<char> id) => StableHash.Of(id, Prefix(seed, key));

    /// <summary>The part of the hash that is the same for every prediction of a model version.</summary>
    internal static ulong Prefix(ulong seed, ModelKey key) => StableHash.Of(key.Version, StableHash.Of(key.Model, seed));
}
