using System.Security.Cryptography;
using System.Text;
using AccuracyMonitor.Scoring.Onnx;

namespace AccuracyMonitor.Scoring.Networks;

/// <summary>
/// A monitor as one ONNX file: graph, dense weights and metadata. The last 64 bytes (the value of the last metadata entry) are the SHA-256
/// of all bytes before them in hexadecimal, so that any changed or missing byte is detected. Any ONNX Runtime can open the file.
/// </summary>
public static class MonitorFile
{
    /// <summary>Larger files are rejected without reading them.</summary>
    public const int MaxBytes = 256 << 20;

    private const int DigestLength = 2 * SHA256.HashSizeInBytes;

    /// <returns>The file and its metadata with <see cref="MonitorMetadata.MonitorVersion"/> filled in.</returns>
    /// <exception cref="MonitorFileException">The metadata is out of bounds, or the weights do not match it or are not finite.</exception>
    public static (byte[] Onnx, MonitorMetadata Metadata) Write(MonitorMetadata metadata, MonitorWeights weights)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(weights);
        MetadataText.Check(metadata);
        CheckWeights(metadata, weights);
        var named = metadata with { MonitorVersion = VersionOf(metadata, weights) };
        return (Serialize(named, weights), named);
    }

    /// <summary>Reads a monitor and checks all of it.</summary>
    /// <param name="onnx">The file.</param>
    /// <param name="classCount">Required K; null: any.</param>
    /// <param name="bounds">How large it may be; null: any size.</param>
    /// <exception cref="MonitorFileException">The file is truncated, damaged, not a monitor, of another format or class count, or beyond the
    /// bounds.</exception>
    public static (MonitorMetadata Metadata, MonitorWeights Weights) Read(ReadOnlySpan<byte> onnx, int? classCount = null, MonitorBounds? bounds = null)
    {
        bounds?.CheckFile(onnx.Length);
        var model = Open(onnx);
        var metadata = MetadataText.Read(model.Metadata);
        bounds?.Check(metadata);
        if (classCount is { } k && k != metadata.ClassCount)
        {
            throw new MonitorFileException($"Monitor file: it is for {metadata.ClassCount} classes; the deployed model has {k}.");
        }

        var weights = Weights(metadata, model);
        CheckWeights(metadata, weights);
        CheckContent(onnx, metadata, weights);
        return (metadata, weights);
    }

    /// <summary>What runs is the file's graph, and what was checked are its weights and metadata: they must be the same monitor.</summary>
    private static void CheckContent(ReadOnlySpan<byte> onnx, MonitorMetadata metadata, MonitorWeights weights)
    {
        var version = VersionOf(metadata, weights);
        if (!string.Equals(metadata.MonitorVersion, version, StringComparison.Ordinal))
        {
            throw new MonitorFileException(
                $"Monitor file: it says that it is version {metadata.MonitorVersion}, and its weights and metadata are version {version}: it was changed.");
        }

        if (!onnx.SequenceEqual(Serialize(metadata, weights)))
        {
            throw new MonitorFileException("Monitor file: its graph is not the one that its weights and metadata make: it was changed.");
        }
    }

    /// <summary>Digest of everything in the file but its own name: another monitor can't be passed off under the name of one that is known.</summary>
    private static string VersionOf(MonitorMetadata metadata, MonitorWeights weights) =>
        "m-" + Convert.ToHexStringLower(SHA256.HashData(Serialize(metadata with { MonitorVersion = string.Empty }, weights)))[..12];

    private static byte[] Serialize(MonitorMetadata metadata, MonitorWeights weights)
    {
        var model = MonitorGraph.Build(metadata, weights);
        foreach (var (key, value) in MetadataText.Write(metadata))
        {
            model.Metadata(key, value);
        }

        model.Metadata(MetadataText.DigestKey, new string('0', DigestLength));
        var bytes = model.ToBytes();
        Encoding.ASCII.GetBytes(Digest(bytes), bytes.AsSpan(^DigestLength..));
        return bytes;
    }

    private static string Digest(ReadOnlySpan<byte> file) => Convert.ToHexStringLower(SHA256.HashData(file[..^DigestLength]));

    private static OnnxModelReader Open(ReadOnlySpan<byte> onnx)
    {
        if (onnx.Length is 0 or > MaxBytes)
        {
            throw new MonitorFileException($"Monitor file: {onnx.Length} bytes; it must have 1 to {MaxBytes}.");
        }

        OnnxModelReader model;
        try
        {
            model = OnnxModelReader.Read(onnx);
        }
        catch (InvalidDataException e)
        {
            throw new MonitorFileException($"Monitor file: truncated, or no ONNX file at all ({onnx.Length} bytes). {e.Message}", e);
        }

        if (!model.Metadata.TryGetValue(MetadataText.FormatKey, out var format))
        {
            throw new MonitorFileException($"Monitor file: foreign. It has no '{MetadataText.FormatKey}' in its metadata, so it is truncated or no monitor.");
        }

        if (!string.Equals(format, $"{MonitorMetadata.CurrentFormat}", StringComparison.Ordinal))
        {
            throw new MonitorFileException($"Monitor file: format {format}; this program reads format {MonitorMetadata.CurrentFormat}.");
        }

        if (onnx.Length < DigestLength || !string.Equals(Digest(onnx), Encoding.ASCII.GetString(onnx[^DigestLength..]), StringComparison.Ordinal))
        {
            throw new MonitorFileException($"Monitor file: damaged. The SHA-256 at its end is not that of the {onnx.Length - DigestLength} bytes before it.");
        }

        return model;
    }

    private static MonitorWeights Weights(MonitorMetadata metadata, OnnxModelReader model)
    {
        float[] Named(string name) => model.Floats.TryGetValue(name, out var values)
            ? values
            : throw new MonitorFileException($"Monitor file: the weights '{name}' are missing.");

        var confidence = metadata.Encoding == MonitorEncoding.RawSoftmax ? 0
            : Named(MonitorGraph.ConfidenceScale) is [var single] ? single
            : throw new MonitorFileException(
                $"Monitor file: {MonitorGraph.ConfidenceScale} has {Named(MonitorGraph.ConfidenceScale).Length} numbers; it must have 1.");
        var layers = new List<DenseLayer>();
        var inputs = FeatureEncoding.Width(metadata.Encoding, metadata.ClassCount);
        foreach (var outputs in metadata.HiddenWidths.Append(1))
        {
            layers.Add(new DenseLayer(inputs, outputs, Named(MonitorGraph.WeightsName(layers.Count)), Named(MonitorGraph.BiasName(layers.Count))));
            inputs = outputs;
        }

        return new MonitorWeights(Named(MonitorGraph.FeatureMean), Named(MonitorGraph.FeatureScale), confidence, layers);
    }

    internal static void CheckWeights(MonitorMetadata metadata, MonitorWeights weights)
    {
        static void Fits(string name, float[] values, long expected)
        {
            if (values.Length != expected)
            {
                throw new MonitorFileException($"Monitor file: {name} has {values.Length} numbers; it must have {expected}.");
            }

            foreach (var value in values)
            {
                if (!float.IsFinite(value))
                {
                    throw new MonitorFileException($"Monitor file: {name} holds {value}; every weight must be finite.");
                }
            }
        }

        var inputs = FeatureEncoding.Width(metadata.Encoding, metadata.ClassCount);
        Fits(MonitorGraph.FeatureMean, weights.FeatureMean, inputs);
        Fits(MonitorGraph.FeatureScale, weights.FeatureScale, inputs);
        Fits(MonitorGraph.ConfidenceScale, [weights.ConfidenceScale], 1);
        Fits("the list of layers", new float[weights.Layers.Count], metadata.HiddenWidths.Count + 1);
        for (var i = 0; i < weights.Layers.Count; i++)
        {
            var outputs = i < metadata.HiddenWidths.Count ? metadata.HiddenWidths[i] : 1;
            Fits(MonitorGraph.WeightsName(i), weights.Layers[i].Weights, (long)inputs * outputs);
            Fits(MonitorGraph.BiasName(i), weights.Layers[i].Bias, outputs);
            inputs = outputs;
        }
    }
}
