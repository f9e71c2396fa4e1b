using System.Security.Cryptography;
using System.Text;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace AccuracyMonitor.Scoring.Tests.Networks;

public class MonitorFileTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        var shape = SomeMonitor.Shape(43, MonitorEncoding.SortedLogWithClass) with
        {
            CalibrationCount = 200,
            CalibrationStandardError = 0.0123,
            TrainingNumbers = new Dictionary<string, string>(StringComparer.Ordinal) { ["epochs"] = "17", ["held_out_loss"] = "0.25" },
        };
        var weights = SomeMonitor.Weights(shape);

        var (onnx, written) = MonitorFile.Write(shape, weights);
        var (metadata, read) = MonitorFile.Read(onnx, classCount: 43);

        metadata.TrainingNumbers.ShouldBe(shape.TrainingNumbers, ignoreOrder: true);
        metadata.HiddenWidths.ShouldBe(shape.HiddenWidths);
        (metadata with { HiddenWidths = written.HiddenWidths, TrainingNumbers = written.TrainingNumbers }).ShouldBe(written);
        read.FeatureMean.ShouldBe(weights.FeatureMean);
        read.FeatureScale.ShouldBe(weights.FeatureScale);
        read.ConfidenceScale.ShouldBe(weights.ConfidenceScale);
        read.Layers.Count.ShouldBe(3);
        for (var i = 0; i < 3; i++)
        {
            read.Layers[i].Weights.ShouldBe(weights.Layers[i].Weights);
            read.Layers[i].Bias.ShouldBe(weights.Layers[i].Bias);
        }
    }

    [Fact]
    public void Metadata_of_any_length_is_not_taken()
    {
        var shape = SomeMonitor.Shape() with
        {
            TrainingNumbers = new Dictionary<string, string>(StringComparer.Ordinal) { ["note"] = new('x', 5000) },
        };

        Should.Throw<MonitorFileException>(() => SomeMonitor.File(shape)).Message.ShouldContain("length of a training entry is 5004; it must be 0 to 4096");
    }

    [Fact]
    public void The_version_is_a_function_of_the_content()
    {
        var shape = SomeMonitor.Shape();
        MonitorFile.Write(shape, SomeMonitor.Weights(shape)).Onnx.ShouldBe(MonitorFile.Write(shape, SomeMonitor.Weights(shape)).Onnx);
        string[] versions =
        [
            MonitorFile.Write(shape, SomeMonitor.Weights(shape)).Metadata.MonitorVersion,
            MonitorFile.Write(shape, SomeMonitor.Weights(shape, seed: 2)).Metadata.MonitorVersion,
            MonitorFile.Write(shape with { CalibrationShift = 0.2 }, SomeMonitor.Weights(shape)).Metadata.MonitorVersion,
        ];
        versions.Distinct(StringComparer.Ordinal).Count().ShouldBe(3);
    }

    [Fact]
    public void Any_ONNX_Runtime_opens_it_by_the_names_documented()
    {
        using var session = new InferenceSession(SomeMonitor.File(SomeMonitor.Shape(43)));
        session.InputMetadata["probabilities"].Dimensions.ShouldBe([-1, 43]);
        session.OutputMetadata.Keys.ShouldBe(["logit", "disagreement", "member_scores"]);
        session.OutputMetadata["member_scores"].Dimensions.ShouldBe([-1, 20]);
        session.ModelMetadata.CustomMetadataMap["accuracy_monitor.class_count"].ShouldBe("43");
    }

    public static TheoryData<string, byte[], string> Damaged()
    {
        var whole = SomeMonitor.File();
        var foreign = new OnnxModelBuilder("other");
        foreign.Input("x", OnnxElementType.Float, "N");
        foreign.Node("Relu", ["x"], ["y"]);
        foreign.Output("y", OnnxElementType.Float, "N");
        return new TheoryData<string, byte[], string>
        {
            { "empty", [], "0 bytes; it must have 1 to" },
            { "text", Encoding.ASCII.GetBytes("this is no model at all, just a text"), "truncated, or no ONNX file" },
            { "zeros", new byte[100], "truncated, or no ONNX file" },
            { "another model", foreign.ToBytes(), "foreign. It has no 'accuracy_monitor.format_version'" },
            { "half", whole[..(whole.Length / 2)], "truncated, or no ONNX file" },
            { "one byte short", whole[..^1], "truncated" },
            { "without its last entry", whole[..^(64 + 40)], "truncated" },
            { "something appended", [.. whole, 0x08, 0x07], "damaged. The SHA-256" },
            { "another format", Replace(whole, "accuracy_monitor.format_version\u0012\u00011", "accuracy_monitor.format_version\u0012\u00012"),
                "format 2; this program reads format 1" },
            { "another seed", Replace(whole, "mask_seed\u0012\u00017", "mask_seed\u0012\u00018"), "damaged. The SHA-256" },
        };
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_bad_file_is_refused_and_the_message_says_why(string what, byte[] bytes, string message) =>
        Should.Throw<MonitorFileException>(() => EnsembleScorer.Load(bytes, new ScorerOptions(ExecutionProvider.Cpu)), what).Message.ShouldContain(message);

    [Fact]
    public void Every_flipped_bit_is_found()
    {
        var whole = SomeMonitor.File(SomeMonitor.Shape(members: 2, widths: [4]));
        for (var bit = 0; bit < 8 * whole.Length; bit += 13)
        {
            var bytes = (byte[])whole.Clone();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Should.Throw<MonitorFileException>(() => MonitorFile.Read(bytes), $"bit {bit}");
        }
    }

    /// <summary>Both have a checksum that fits: who changes a file by hand can compute it too.</summary>
    [Theory]
    [InlineData("m-", "m-000000000000", "it says that it is version m-000000000000")]
    [InlineData("Relu", "Tanh", "its graph is not the one that its weights and metadata make")]
    public void Another_monitor_under_a_known_name_is_refused(string begin, string by, string message)
    {
        var file = (byte[])SomeMonitor.File().Clone();
        var at = file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(begin));
        at.ShouldBeGreaterThan(0);
        Encoding.ASCII.GetBytes(by, file.AsSpan(at));
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(file.AsSpan(..^64))), file.AsSpan(^64..));

        Should.Throw<MonitorFileException>(() => MonitorFile.Read(file)).Message.ShouldContain(message);
    }

    [Fact]
    public void Every_truncation_is_found()
    {
        var whole = SomeMonitor.File(SomeMonitor.Shape(members: 2, widths: [4]));
        for (var length = 0; length < whole.Length; length += 7)
        {
            Should.Throw<MonitorFileException>(() => MonitorFile.Read(whole.AsSpan(0, length)), $"{length} bytes");
        }
    }

    [Fact]
    public void Another_class_count_is_refused() =>
        Should.Throw<MonitorFileException>(() => EnsembleScorer.Load(SomeMonitor.File(), new ScorerOptions(ExecutionProvider.Cpu, ClassCount: 43)))
            .Message.ShouldBe("Monitor file: it is for 10 classes; the deployed model has 43.");

    [Fact]
    public void A_shape_out_of_bounds_or_weights_that_do_not_fit_are_never_written()
    {
        var shape = SomeMonitor.Shape();
        var weights = SomeMonitor.Weights(shape);
        (MonitorMetadata Shape, MonitorWeights Weights, string Message)[] cases =
        [
            (shape with { ClassCount = 1 }, weights, "class_count is 1; it must be 2 to 10000"),
            (shape with { Members = 0 }, weights, "members is 0; it must be 1 to 256"),
            (shape with { DropoutRate = double.NaN }, weights, "dropout_rate is NaN; it must be 0 to 0.9"),
            (shape with { HiddenWidths = [1, 2, 3] }, weights, "number of hidden_widths is 3; it must be 1 to 2"),
            (shape with { HiddenWidths = [16, 9] }, weights, "layer1_weights has 128 numbers; it must have 144"),
            (shape with { CalibrationScale = -1 }, weights, "calibration_scale is -1"),
            (shape, weights with { FeatureMean = [.. weights.FeatureMean[1..], float.NaN] }, "feature_mean holds NaN; every weight must be finite"),
        ];
        foreach (var (s, w, message) in cases)
        {
            Should.Throw<MonitorFileException>(() => MonitorFile.Write(s, w)).Message.ShouldContain(message);
        }
    }

    private static byte[] Replace(byte[] bytes, string from, string to)
    {
        var at = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(from));
        at.ShouldBeGreaterThan(0);
        var copy = (byte[])bytes.Clone();
        Encoding.ASCII.GetBytes(to, copy.AsSpan(at));
        return copy;
    }
}
