namespace AccuracyMonitor.Training.Stress;

/// <summary>A deployed classifier as an attacker sees it: images in, probabilities out.</summary>
public interface IImageClassifier
{
    /// <summary>q: values of one image.</summary>
    int PixelCount { get; }

    /// <summary>K.</summary>
    int ClassCount { get; }

    /// <param name="images">Row-major n×q, each 0…1.</param>
    /// <param name="probabilities">Row-major n×K, overwritten.</param>
    void Predict(ReadOnlyMemory<float> images, Span<float> probabilities);
}
