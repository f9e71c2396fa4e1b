using AccuracyMonitor.Demo.Data;

namespace AccuracyMonitor.Demo.Serving;

/// <summary>One parsed call of /predict: n images with their ids.</summary>
/// <param name="Values">n·784 pixels, row-major, 0 black … 1 white: the network's input.</param>
/// <param name="Images">The same images as bytes: what is kept when a label is wanted.</param>
/// <param name="Ids">n ids, unique per model version.</param>
/// <param name="WithProbabilities">The caller wants the whole softmax vector back.</param>
internal sealed record PredictRequest(float[] Values, byte[][] Images, string[] Ids, bool WithProbabilities)
{
    public const int MaxInstances = 512;
    public const int MaxIdLength = 128;

    public int Count => Images.Length;

    public ReadOnlyMemory<float> Pixels => Values.AsMemory(0, Count * LabelledImages.PixelCount);
}

/// <summary>A request that can't be served. The message names the field and the bound.</summary>
internal sealed class PredictRequestException(string field, string message) : Exception(message)
{
    public string Field { get; } = field;
}
