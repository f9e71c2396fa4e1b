using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>Seeds that depend on names and not on the order of work.</summary>
internal static class Seeds
{
    public static ulong Of(int seed, string file, string condition) => StableHash.Of(condition, StableHash.Of(file, (uint)seed));
}
