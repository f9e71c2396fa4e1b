using AccuracyMonitor.Core;
using AccuracyMonitor.Demo.Attacks;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Training.Stress;

namespace AccuracyMonitor.Runs.Stress;

/// <summary>The classifier, its gradients and its images.</summary>
internal sealed class StressSetup : IDisposable
{
    private readonly OnnxClassifier _classifier;
    private readonly ClassifierGradients? _copy;

    private StressSetup(OnnxClassifier classifier, ClassifierGradients? copy, LabelledInputs inputs, ReferenceSet? reference, string path)
    {
        (_classifier, _copy, Inputs, Reference, Path) = (classifier, copy, inputs, reference, path);
        Gradients = copy is null ? new FiniteDifferences(classifier) : new DemoLogGradients(copy);
    }

    public IImageClassifier Classifier => _classifier;

    public ILogGradients Gradients { get; }

    public LabelledInputs Inputs { get; }

    /// <summary>Null: the images' own outputs are to serve.</summary>
    public ReferenceSet? Reference { get; }

    public string Path { get; }

    /// <summary>Whether gradients come from a copy and cost no query.</summary>
    public bool HasCopy => _copy is not null;

    /// <param name="files">Which exist or are the demo's.</param>
    /// <exception cref="ArgumentException">Files do not fit each other, or are not what they should be.</exception>
    /// <exception cref="DemoDataException">The demo's files are missing.</exception>
    /// <exception cref="TraceFileException">The reference cannot be read.</exception>
    public static StressSetup Open(StressInputs files)
    {
        if (files.Images is null != files.Labels is null)
        {
            throw new ArgumentException("--images and --labels belong together.");
        }

        if (files.Classifier is not null && files.Images is null)
        {
            throw new ArgumentException("--classifier needs --images and --labels.");
        }

        var inputs = files.Images is { } images ? ImageFiles.Read(images, files.Labels!) : ImageFiles.From(DemoAssets.ReadTestImages());
        var trace = files.Reference ?? (files.Classifier is null && files.Images is null ? DemoAssets.Reference() : null);
        return Open(files.Classifier ?? DemoAssets.Classifier(), files.Classifier is null, files.White, inputs, trace is null ? null
            : TraceFile.Open(trace, files.Reference is null ? new TraceOptions() : files.Reading).Load(TraceFile.Reference));
    }

    /// <summary>The demo's classifier in another file, with the same images.</summary>
    public StressSetup With(string classifier) => Open(classifier, isDemo: true, white: 1, Inputs, Reference);

    public void Dispose()
    {
        _classifier.Dispose();
        _copy?.Dispose();
    }

    private static StressSetup Open(string path, bool isDemo, double white, LabelledInputs inputs, ReferenceSet? reference)
    {
        var classifier = new OnnxClassifier(File.ReadAllBytes(path), path, (float)white);
        if (reference is not null && reference.ClassCount != classifier.ClassCount)
        {
            classifier.Dispose();
            throw new ArgumentException($"The reference has {reference.ClassCount} classes, the classifier {classifier.ClassCount}.");
        }

        return new StressSetup(classifier, isDemo ? new ClassifierGradients(path) : null, inputs, reference, path);
    }
}
