using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Scoring.Ternary;

/// <summary>
/// A ternary monitor as one small file (<c>.tmon</c>), little-endian: "TMON", the format version, the metadata as pairs of texts, mean and
/// scale of the features and the scale of the confidence (single precision); then for each layer its scale (single), biases (half) and
/// trits (five per byte); then the first eight bytes of the SHA-256 of all preceding bytes.
/// </summary>
public static class TernaryFile
{
    /// <summary>The format version that this code writes, and the only one that it reads.</summary>
    public const byte CurrentFormat = 1;

    /// <summary>Larger files are rejected without reading them.</summary>
    public const int MaxBytes = 64 << 20;

    private const int DigestLength = 8;

    private static ReadOnlySpan<byte> Magic => "TMON"u8;

    /// <summary>Number of bytes for that many ternary weights.</summary>
    public static int TritBytes(int weights) => TritPacking.Length(weights);

    /// <summary>Whether the bytes begin like a ternary monitor file.</summary>
    public static bool IsTernary(ReadOnlySpan<byte> file) => file.StartsWith(Magic);

    /// <summary>Writes a monitor. Biases are stored in half precision; reading returns <see cref="TernaryWeights.Rounded"/>.</summary>
    /// <returns>The file and its metadata with <see cref="MonitorMetadata.MonitorVersion"/> filled in.</returns>
    /// <exception cref="MonitorFileException">The metadata is out of bounds, or the weights do not match it or are not finite.</exception>
    public static (byte[] File, MonitorMetadata Metadata) Write(MonitorMetadata metadata, TernaryWeights weights)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(weights);
        MetadataText.Check(metadata);
        MonitorFile.CheckWeights(metadata, weights.Rounded().ToDense());
        foreach (var trit in weights.Layers.SelectMany(l => l.Trits))
        {
            if (trit is < -1 or > 1)
            {
                throw new MonitorFileException($"Ternary monitor: a weight is {trit}; it must be -1, 0 or 1.");
            }
        }

        var named = metadata with { MonitorVersion = VersionOf(metadata, weights) };
        return (Serialize(named, weights), named);
    }

    /// <summary>Reads a monitor and checks all of it.</summary>
    /// <exception cref="MonitorFileException">The file is truncated, damaged, not a ternary monitor, or of another format.</exception>
    public static (MonitorMetadata Metadata, TernaryWeights Weights) Read(ReadOnlySpan<byte> file)
    {
        if (!IsTernary(file) || file.Length < Magic.Length + 1 + DigestLength || file.Length > MaxBytes)
        {
            throw new MonitorFileException(
                $"Ternary monitor: foreign or truncated. {file.Length} bytes; it must begin with TMON and have {Magic.Length + 1 + DigestLength} to "
                    + $"{MaxBytes}.");
        }

        if (file[Magic.Length] != CurrentFormat)
        {
            throw new MonitorFileException($"Ternary monitor: format {file[Magic.Length]}; this program reads format {CurrentFormat}.");
        }

        if (!Digest(file[..^DigestLength]).AsSpan().SequenceEqual(file[^DigestLength..]))
        {
            throw new MonitorFileException(
                $"Ternary monitor: damaged or truncated. The checksum at its end is not that of the {file.Length - DigestLength} bytes before it.");
        }

        var reader = new Reader(file[(Magic.Length + 1)..^DigestLength]);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var left = reader.Count(); left > 0; left--)
        {
            texts[reader.Text()] = reader.Text();
        }

        var metadata = MetadataText.Read(texts);
        var inputs = FeatureEncoding.Width(metadata.Encoding, metadata.ClassCount);
        var (mean, scale, confidence) = (reader.Singles(inputs), reader.Singles(inputs), reader.Singles(1)[0]);
        var layers = new List<TernaryLayer>();
        foreach (var outputs in metadata.HiddenWidths.Append(1))
        {
            var (layerScale, bias) = (reader.Singles(1)[0], reader.Halves(outputs));
            layers.Add(new TernaryLayer(
                inputs, outputs, TritPacking.Unpack(reader.Bytes(TritPacking.Length(inputs * outputs)), inputs * outputs), layerScale, bias));
            inputs = outputs;
        }

        reader.End();
        var weights = new TernaryWeights(mean, scale, confidence, layers);
        MonitorFile.CheckWeights(metadata, weights.ToDense());
        var version = VersionOf(metadata, weights);
        return string.Equals(metadata.MonitorVersion, version, StringComparison.Ordinal)
            ? (metadata, weights)
            : throw new MonitorFileException(
                $"Ternary monitor: it says that it is version {metadata.MonitorVersion}, and its weights and metadata are version {version}: it was changed.");
    }

    private static string VersionOf(MonitorMetadata metadata, TernaryWeights weights) =>
        "t-" + Convert.ToHexStringLower(SHA256.HashData(Serialize(metadata with { MonitorVersion = string.Empty }, weights)))[..12];

    private static byte[] Serialize(MonitorMetadata metadata, TernaryWeights weights)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(CurrentFormat);
        KeyValuePair<string, string>[] texts = [.. MetadataText.Write(metadata)];
        writer.Write((ushort)texts.Length);
        foreach (var (key, value) in texts)
        {
            WriteText(writer, key);
            WriteText(writer, value);
        }

        foreach (var value in weights.FeatureMean.Concat(weights.FeatureScale).Append(weights.ConfidenceScale))
        {
            writer.Write(value);
        }

        foreach (var layer in weights.Layers)
        {
            writer.Write(layer.Scale);
            foreach (var bias in layer.Bias)
            {
                writer.Write((Half)bias);
            }

            writer.Write(TritPacking.Pack(layer.Trits));
        }

        writer.Flush();
        writer.Write(Digest(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        writer.Flush();
        return stream.ToArray();
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write(checked((ushort)bytes.Length));
        writer.Write(bytes);
    }

    private static byte[] Digest(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes)[..DigestLength];

    private ref struct Reader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public int Count() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

        public string Text() => Encoding.UTF8.GetString(Bytes(Count()));

        public float[] Singles(int count)
        {
            var bytes = Bytes(4 * count);
            var values = new float[count];
            for (var i = 0; i < count; i++)
            {
                values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
            }

            return values;
        }

        public float[] Halves(int count)
        {
            var bytes = Bytes(2 * count);
            var values = new float[count];
            for (var i = 0; i < count; i++)
            {
                values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]);
            }

            return values;
        }

        public ReadOnlySpan<byte> Bytes(int count)
        {
            if (count > _rest.Length)
            {
                throw new MonitorFileException($"Ternary monitor: it ends {count - _rest.Length} bytes early.");
            }

            var bytes = _rest[..count];
            _rest = _rest[count..];
            return bytes;
        }

        public readonly void End()
        {
            if (_rest.Length > 0)
            {
                throw new MonitorFileException($"Ternary monitor: {_rest.Length} bytes follow its last layer.");
            }
        }
    }
}
