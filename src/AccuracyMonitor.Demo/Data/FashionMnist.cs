namespace AccuracyMonitor.Demo.Data;

/// <summary>
/// Fashion-MNIST: 60,000 training and 10,000 test images of clothing in ten classes (H. Xiao, K. Rasul, R. Vollgraf,
/// arXiv 1708.07747; MIT licence).
/// </summary>
public static class FashionMnist
{
    /// <summary>Where Debian's package dataset-fashion-mnist puts the files.</summary>
    public const string DebianFolder = "/usr/share/datasets/fashion-mnist";

    /// <summary>The first 50,000 training images train the classifier; the last 10,000 are its reference set.</summary>
    public const int TrainingCount = 50_000;

    public static IReadOnlyList<string> ClassNames { get; } =
        ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    /// <exception cref="DemoDataException">A file is missing or not what it should be.</exception>
    public static LabelledImages ReadTraining(string folder) => Read(folder, "train");

    /// <exception cref="DemoDataException">A file is missing or not what it should be.</exception>
    public static LabelledImages ReadTest(string folder) => Read(folder, "t10k");

    private static LabelledImages Read(string folder, string part)
    {
        var images = IdxFile.Read(Find(folder, $"{part}-images-idx3-ubyte"));
        var labels = IdxFile.Read(Find(folder, $"{part}-labels-idx1-ubyte"));
        if (images.Dimensions is not [var count, LabelledImages.Side, LabelledImages.Side])
        {
            throw new DemoDataException($"{part} images in {folder}: expected [n, 28, 28], got [{string.Join(", ", images.Dimensions)}].");
        }

        if (labels.Dimensions is not [var labelCount] || labelCount != count)
        {
            throw new DemoDataException($"{part} labels in {folder}: expected [{count}], got [{string.Join(", ", labels.Dimensions)}].");
        }

        try
        {
            return new LabelledImages(images.Values, labels.Values);
        }
        catch (ArgumentException e)
        {
            throw new DemoDataException($"{part} labels in {folder}: {e.Message}", e);
        }
    }

    private static string Find(string folder, string name)
    {
        var zipped = Path.Combine(folder, name + ".gz");
        var plain = Path.Combine(folder, name);
        return File.Exists(zipped) ? zipped
            : File.Exists(plain) ? plain
            : throw new DemoDataException(
                $"{zipped}: no such file. Install Debian's dataset-fashion-mnist, or give the folder that holds the four IDX files.");
    }
}
