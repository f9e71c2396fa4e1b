namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// The draw behind a sampling decision: a number in [0,1) fixed by (seed, model, version, prediction id), so that a retry or a replay
/// decides the same and an auditor can repeat it: <see cref="StableHash"/> of the id, seeded with the hash of the version, seeded with the
/// hash of the model, seeded with the seed.
/// </summary>
public static class SamplingCoin
{
    public static double Uniform(ulong seed, ModelKey key, ReadOnlySpan<char> id) => StableHash.ToUniform(Hash(seed, key, id));

    /// <summary>The hash under <see cref="Uniform"/>; also a good key for <c>RecentIds</c>.</summary>
    public static ulong Hash(ulong seed, ModelKey key, ReadOnlySpan<char> id) => StableHash.Of(id, Prefix(seed, key));

    /// <summary>The part of the hash that is the same for every prediction of a model version.</summary>
    internal static ulong Prefix(ulong seed, ModelKey key) => StableHash.Of(key.Version, StableHash.Of(key.Model, seed));
}
