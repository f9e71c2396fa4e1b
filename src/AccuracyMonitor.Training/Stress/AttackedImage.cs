namespace AccuracyMonitor.Training.Stress;

/// <summary>Result of attacking one image.</summary>
/// <param name="Pixels">q values, whole grey levels of 255.</param>
/// <param name="Probabilities">K, of these.</param>
/// <param name="Reached">The goal's class is predicted.</param>
/// <param name="Queries">Of the deployed classifier, those for gradients included.</param>
/// <param name="Changed">Pixels that differ from the image's.</param>
public sealed record AttackedImage(float[] Pixels, float[] Probabilities, bool Reached, int Queries, int Changed);
