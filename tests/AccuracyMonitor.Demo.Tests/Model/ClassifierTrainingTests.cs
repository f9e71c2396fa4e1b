using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Model;
using AccuracyMonitor.Demo.Serving;
using TorchSharp;

namespace AccuracyMonitor.Demo.Tests.Model;

[Collection(nameof(Torch))]
public sealed class ClassifierTrainingTests : IDisposable
{
    private static readonly Lazy<LabelledImages> Images = new(() => DemoAssets.ReadTestImages().Slice(0, 1500));

    private readonly string _folder = Directory.CreateTempSubdirectory("training-tests-").FullName;

    public ClassifierTrainingTests() => Torch.Load();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_same_seed_gives_the_same_file_byte_for_byte_and_another_seed_another()
    {
        var first = Train(seed: 3);

        Train(seed: 3).ShouldBe(first);
        Train(seed: 4).ShouldNotBe(first);
    }

    [Fact]
    public void Training_learns_and_reports_its_progress()
    {
        var reports = new List<ClassifierProgress>();

        ClassifierTrainer.Train(Images.Value, new ClassifierTrainingOptions(Epochs: 2), new Collector(reports), TestContext.Current.CancellationToken);

        reports.ShouldAllBe(r => r.Epochs == 2 && r.Share > 0 && r.Share <= 1);
        var epochs = reports.Where(r => r.Share == 1).ToArray();
        epochs.Select(r => r.Epoch).ShouldBe([1, 2]);
        epochs[1].Loss.ShouldBeLessThan(epochs[0].Loss);
    }

    [Fact]
    public void A_cancelled_training_stops() =>
        Should.Throw<OperationCanceledException>(
            () => ClassifierTrainer.Train(Images.Value, new ClassifierTrainingOptions(), null, new CancellationToken(canceled: true)));

    [Fact]
    public void The_shipped_file_read_back_into_TorchSharp_agrees_with_ONNX_Runtime_to_one_in_a_hundred_thousand()
    {
        using var network = new ClassifierNetwork();
        network.LoadWeights(ClassifierFile.ReadWeights(DemoAssets.Classifier()));
        network.eval();
        using var classifier = Classifier.Load(DemoAssets.Classifier());
        using var scope = torch.NewDisposeScope();
        var input = torch.tensor(Images.Value.Pixels.ToArray(), torch.ScalarType.Byte).view(-1, 1, 28, 28).to(torch.ScalarType.Float32).div_(255);

        var expected = network.forward(input).softmax(1).data<float>().ToArray();

        expected.Zip(classifier.Predict(Images.Value.Pixels)).Max(pair => Math.Abs(pair.First - pair.Second)).ShouldBeLessThan(1e-5f);
    }

    [Theory]
    [InlineData("3AFFFF010203", "a length beyond the end")]
    [InlineData("", "nothing")]
    public void A_file_that_is_no_model_is_refused_by_name(string hex, string what)
    {
        var path = Path.Combine(_folder, "noise.onnx");
        File.WriteAllBytes(path, Convert.FromHexString(hex));

        Should.Throw<DemoDataException>(() => ClassifierFile.ReadWeights(path), what).Message.ShouldContain(path);
    }

    [Fact]
    public void Layer_by_layer_with_nothing_rounded_it_is_the_ordinary_training()
    {
        var shapes = new HashSet<(int Layer, int Columns)>();
        var nothing = new ClassifierRounding(
            a => a,
            w => w,
            (_, layer, gradient, rows) =>
            {
                shapes.Add((layer, gradient.Length / rows));
                return new RoundedGradients(gradient, gradient);
            },
            () => []);

        var rounded = ClassifierTrainer.Train(
            Images.Value.Slice(0, 600), new ClassifierTrainingOptions(Epochs: 1, 3) { Rounding = nothing }, null, TestContext.Current.CancellationToken);

        var ordinary =
            ClassifierTrainer.Train(Images.Value.Slice(0, 600), new ClassifierTrainingOptions(Epochs: 1, 3), null, TestContext.Current.CancellationToken);
        foreach (var (name, array) in ordinary.Arrays)
        {
            rounded[name].Values.Zip(array.Values).Max(p => Math.Abs(p.First - p.Second)).ShouldBeLessThan(1e-5f, name);
        }

        shapes.ShouldBe([(3, 10), (2, 64), (1, 32 * 14 * 14), (0, 16 * 28 * 28)]);
    }

    [Fact]
    public void What_is_rounded_is_what_weights_and_earlier_layers_learn_from()
    {
        var images = Images.Value.Slice(0, 128);
        var start = ClassifierFile.ReadWeights(DemoAssets.Classifier());

        // No gradient gets past the output layer, and none to its own weights.
        var stopped = new ClassifierRounding(
            a => a, w => w, (_, layer, gradient, _) => layer == 3 ? new RoundedGradients(new float[gradient.Length], new float[gradient.Length])
                : new RoundedGradients(gradient, gradient), () => []);

        var trained = ClassifierTrainer.Train(
            images, new ClassifierTrainingOptions(Epochs: 1) { Start = start, Rounding = stopped }, null, TestContext.Current.CancellationToken);

        foreach (var (name, array) in start.Arrays)
        {
            trained[name].Values.ShouldBe(array.Values, name);
        }
    }

    private static byte[] Train(long seed) => ClassifierFile.Write(
        ClassifierTrainer.Train(
            Images.Value.Slice(0, 600), new ClassifierTrainingOptions(Epochs: 1, seed), null, TestContext.Current.CancellationToken),
        []);

    private sealed class Collector(List<ClassifierProgress> reports) : IProgress<ClassifierProgress>
    {
        public void Report(ClassifierProgress value) => reports.Add(value);
    }
}
