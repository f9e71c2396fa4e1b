namespace AccuracyMonitor.Demo.Data;

/// <summary>What ships with the demo, so that it needs no download: written by <c>accuracy-monitor demo model</c>.</summary>
public static class DemoAssets
{
    public const string ClassifierFile = "fashion-classifier.onnx";

    /// <summary>Keys reference__probs (float32 [n, 10]) and reference__labels (uint16 [n]).</summary>
    public const string ReferenceFile = "fashion-reference.npz";

    /// <summary>The names of the ten classes, as the sidecar reads them.</summary>
    public const string ClassesFile = "fashion-classes.json";

    /// <summary>Beside the executable.</summary>
    public static string DefaultFolder => Path.Combine(AppContext.BaseDirectory, "assets");

    public static string Classifier(string? folder = null) => Existing(folder, ClassifierFile);

    public static string Classes(string? folder = null) => Existing(folder, ClassesFile);

    public static string Reference(string? folder = null) => Existing(folder, ReferenceFile);

    /// <summary>The 10,000 test images: the demo's stream.</summary>
    /// <exception cref="DemoDataException">A file is missing or not what it should be.</exception>
    public static LabelledImages ReadTestImages(string? folder = null) => FashionMnist.ReadTest(folder ?? DefaultFolder);

    private static string Existing(string? folder, string name)
    {
        var path = Path.Combine(folder ?? DefaultFolder, name);
        return File.Exists(path) ? path : throw new DemoDataException($"{path}: no such file. Run `accuracy-monitor demo model` to write it.");
    }
}
