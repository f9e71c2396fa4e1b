namespace AccuracyMonitor.Training.Stress;

/// <summary>Gradients of a classifier's log-probabilities by the pixels: of a copy with weights, or from queries.</summary>
public interface ILogGradients
{
    /// <param name="image">q values 0…1.</param>
    /// <param name="classes">Whose gradients are wanted.</param>
    /// <param name="gradients">Row-major classes×q, overwritten: ∂ log P_k / ∂x_j.</param>
    /// <returns>Queries of the deployed classifier that it took; 0 where a copy is differentiated.</returns>
    int Compute(ReadOnlyMemory<float> image, ReadOnlySpan<int> classes, Span<float> gradients);
}
