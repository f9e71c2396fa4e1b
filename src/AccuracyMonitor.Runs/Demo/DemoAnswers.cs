using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Runs.Demo;

/// <summary>An annotator who looks at the image that the prediction's id names.</summary>
/// <param name="truth">True class by image.</param>
/// <param name="options">Seed and window.</param>
internal sealed class DemoAnswers(Func<int, int> truth, DemoOptions options) : IAnswers
{
    public string Model => DemoProcesses.Model;

    public string Version => DemoProcesses.Version;

    public int ClassCount => LabelledImages.ClassCount;

    public TimeSpan Lease { get; } = TimeSpan.FromSeconds(10);

    public AnnotationPlan? Plan(LabelItem item) =>
        PredictionId.TryGetImage(item.PredictionId, out _) ? AnnotationPlan.For(item.PredictionId, options.Seed, options.Window) : null;

    public int? Truth(string predictionId) => PredictionId.TryGetImage(predictionId, out var image) ? truth(image) : null;
}
