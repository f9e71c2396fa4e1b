using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;

namespace AccuracyMonitor.Training.Ternary;

/// <summary>
/// Coordinate descent over {−1, 0, +1}: the weights are visited in a new random order in each pass, and each takes the value with the
/// smallest loss on the batch. After CoNNTrA (Date, Carothers, Mitchell, Hendler and Magdon-Ismail 2020, arXiv 2009.00540), implemented
/// from its abstract without the paper's pseudo-code.
/// </summary>
internal static class TernaryDescent
{
    private static readonly sbyte[] Values = [-1, 0, 1];

    /// <summary>One pass over all weights. The batch's loss never rises.</summary>
    /// <param name="state">Changed in place.</param>
    /// <param name="gain">Mean loss that a change must save, nats.</param>
    /// <param name="random">Draws the order.</param>
    /// <param name="cancellationToken">Checked between two weights.</param>
    /// <returns>Weights changed.</returns>
    public static int Pass(TernaryState state, double gain, ref SplitMix64 random, CancellationToken cancellationToken)
    {
        int[] order = [.. Enumerable.Range(0, state.Trits.Sum(t => t.Length))];
        random.Shuffle(order, order.Length);
        var changed = 0;
        foreach (var place in order)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (layer, weight) = (0, place);
            while (weight >= state.Trits[layer].Length)
            {
                weight -= state.Trits[layer++].Length;
            }

            var (input, unit, now) = (weight / state.Outputs[layer], weight % state.Outputs[layer], state.Trits[layer][weight]);
            var (best, bestLoss) = (now, state.Loss - gain);
            foreach (var value in Values)
            {
                // Keeps at least one non-zero weight per layer: from an all-zero layer no single change would affect the loss.
                if (value == 0 && now != 0 && state.Trits[layer].Count(t => t != 0) == 1)
                {
                    continue;
                }

                if (value != now && state.Try(layer, input, unit, value) is var loss && loss < bestLoss)
                {
                    (best, bestLoss) = (value, loss);
                }
            }

            if (best != now)
            {
                state.Set(layer, input, unit, best);
                changed++;
            }
        }

        return changed;
    }
}
