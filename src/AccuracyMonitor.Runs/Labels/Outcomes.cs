using AccuracyMonitor.V1;
using Grpc.Core;

namespace AccuracyMonitor.Runs.Labels;

/// <summary>What a sidecar answers to items of one call.</summary>
internal static class Outcomes
{
    /// <summary>Whether the sidecar now has what was given. Every other code is a failure, including one that this program does not know.</summary>
    public static bool IsDone(OutcomeCode code) => code is OutcomeCode.Ok or OutcomeCode.Replaced or OutcomeCode.Unchanged or OutcomeCode.KeptApart;

    /// <summary>Each item with its outcome.</summary>
    /// <exception cref="RpcException">The numbers differ: which items were done is unknown.</exception>
    public static IEnumerable<(T Item, ItemOutcome Outcome)> Pair<T>(IReadOnlyCollection<T> items, IReadOnlyCollection<ItemOutcome> outcomes) =>
        items.Count == outcomes.Count
            ? items.Zip(outcomes)
            : throw new RpcException(new Status(StatusCode.Internal, $"the answer has {outcomes.Count} outcomes for {items.Count} items"));
}
