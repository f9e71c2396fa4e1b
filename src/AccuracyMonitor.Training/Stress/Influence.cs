namespace AccuracyMonitor.Training.Stress;

/// <summary>
/// The influence measure of Shu and Zhu (arXiv 1901.07152) for f = −log P_t: FI = ∇f·G⁺·∇fᵀ with the Fisher information
/// G = Σ_k P_k ∇log P_kᵀ ∇log P_k of what is perturbed. Implemented from the formula alone.
/// </summary>
public static class Influence
{
    /// <summary>
    /// FI of perturbing all pixels: (1−P)/P. Because Σ_k P_k ∇log P_k = 0, G has rank K−1 and FI depends on P only. It therefore ranks
    /// images as the maximum softmax does; only the influence of single pixels adds information.
    /// </summary>
    /// <param name="probability">P_t, (0, 1].</param>
    /// <returns>0 or more.</returns>
    public static double OfImage(double probability) => (1 - probability) / probability;

    /// <summary>FI of perturbing one pixel: g_t² / Σ_k P_k·g_k², in [0, 1/P_t]. It does not depend on the scale of the gradient, so a pixel
    /// with hardly any effect may have the largest value.</summary>
    /// <param name="probabilities">K.</param>
    /// <param name="gradients">Row-major K×q: ∂ log P_k / ∂x_j.</param>
    /// <param name="target">t, 0…K−1.</param>
    /// <param name="leastLength">Up to this share of the image's largest √(Σ_k P_k·g_k²) a pixel counts as without influence (0), 0…1: the rank cut of the
    /// pseudo-inverse, relative as usual in numerics.</param>
    /// <param name="influence">q, overwritten.</param>
    public static void OfPixels(
        ReadOnlySpan<float> probabilities, ReadOnlySpan<float> gradients, int target, double leastLength, Span<double> influence)
    {
        var q = influence.Length;
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradients.Length, probabilities.Length * q, nameof(gradients));
        var (lengths, longest) = (new double[q], 0.0);
        for (var j = 0; j < q; j++)
        {
            for (var k = 0; k < probabilities.Length; k++)
            {
                double g = gradients[(k * q) + j];
                lengths[j] += probabilities[k] * g * g;
            }

            lengths[j] = Math.Sqrt(lengths[j]);
            longest = Math.Max(longest, lengths[j]);
        }

        for (var j = 0; j < q; j++)
        {
            var relative = gradients[(target * q) + j] / lengths[j];
            influence[j] = lengths[j] > leastLength * longest ? relative * relative : 0;
        }
    }
}
