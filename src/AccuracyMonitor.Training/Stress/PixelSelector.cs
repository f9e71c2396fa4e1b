using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Stress;

/// <summary>Chooses the pixels of one image that an attack may change.</summary>
internal static class PixelSelector
{
    /// <param name="selection">By what.</param>
    /// <param name="image">q values.</param>
    /// <param name="probabilities">K, of the image.</param>
    /// <param name="gradients">Row-major K×q: ∂ log P_k / ∂x_j; not used for <see cref="PixelSelection.Random"/>.</param>
    /// <param name="objective">Whose target is raised, or whose label is lowered.</param>
    /// <param name="options">Number, box, least influence.</param>
    /// <param name="random">For <see cref="PixelSelection.Random"/>.</param>
    /// <returns>At most <see cref="StressOptions.Pixels"/>, the first choice first.</returns>
    public static int[] Select(
        PixelSelection selection, ReadOnlySpan<float> image, ReadOnlySpan<float> probabilities, ReadOnlySpan<float> gradients, SwarmObjective objective,
        StressOptions options, SplitMix64 random)
    {
        var q = image.Length;
        var count = Math.Min(options.Pixels, q);
        if (selection == PixelSelection.Random)
        {
            var order = Enumerable.Range(0, q).ToArray();
            random.Shuffle(order, count);
            return order[..count];
        }

        var ranks = new double[q];
        var target = objective.Target ?? objective.Label;
        if (selection != PixelSelection.Gradient)
        {
            Influence.OfPixels(probabilities, gradients, target, options.LeastLength, ranks);
        }

        for (var j = 0; selection != PixelSelection.Influence && j < q; j++)
        {
            double gradient = gradients[(target * q) + j];
            ranks[j] = selection == PixelSelection.Gradient ? Math.Abs(gradient)
                : ranks[j] < options.LeastInfluence ? 0
                : Math.Abs(gradient) * Room(image[j], raise: gradient > 0 == objective.Target is not null, options.Box);
        }

        return [.. Enumerable.Range(0, q).OrderByDescending(j => ranks[j]).Take(count)];
    }

    private static double Room(float value, bool raise, double box) => Math.Min(box, raise ? 1 - value : value);
}
