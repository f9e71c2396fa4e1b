using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.BitCentering;

/// <summary>
/// The change of a monitor's last layer learned from labels, one byte per weight: weight i changes by Values[i]·Step. File format
/// (<c>.tmd</c>), little-endian: "TMDL", format version, version of the base monitor, Step and StandardError (single), numbers of labels
/// and of values, the values, the first eight bytes of the SHA-256 of all preceding bytes. The base monitor is never modified, so not
/// applying the delta rolls back.
/// </summary>
/// <param name="BaseVersion">Version of the monitor that it was learned on; it fits no other monitor.</param>
/// <param name="Step">Positive.</param>
/// <param name="Values">For the last layer's weights, then for its bias.</param>
/// <param name="Labels">Number of labels that it was learned from.</param>
/// <param name="StandardError">Standard error of the mean score due to the finite number of labels, in accuracy.</param>
public sealed record HeadDelta(string BaseVersion, float Step, sbyte[] Values, int Labels, float StandardError)
{
    /// <summary>The format version that this code writes, and the only one that it reads.</summary>
    public const byte CurrentFormat = 1;

    private const int DigestLength = 8;
    private const int Levels = 127;

    // Step, standard error, labels, number of values.
    private const int Fixed = 4 + 4 + 4 + 2;

    private static ReadOnlySpan<byte> Magic => "TMDL"u8;

    /// <summary>Rounds a change to the nearest values of one byte.</summary>
    public static HeadDelta Of(string baseVersion, ReadOnlySpan<double> change, int labels, double standardError)
    {
        var largest = 0.0;
        foreach (var value in change)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        var step = (float)Math.Max(largest / Levels, 1e-30);
        var values = new sbyte[change.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (sbyte)Math.Clamp(Math.Round(change[i] / step), -Levels, Levels);
        }

        return new HeadDelta(baseVersion, step, values, labels, (float)standardError);
    }

    /// <summary>Applies the change to the base monitor and returns a complete monitor file.</summary>
    /// <exception cref="MonitorFileException">The monitor is damaged, or not the one that the delta was learned on.</exception>
    public (byte[] Onnx, MonitorMetadata Metadata) Apply(ReadOnlySpan<byte> monitor)
    {
        var (shape, weights) = MonitorFile.Read(monitor);
        if (shape.MonitorVersion != BaseVersion)
        {
            throw new MonitorFileException($"Delta: it belongs to monitor {BaseVersion}, this is {shape.MonitorVersion}.");
        }

        if (Values.Length != weights.Layers[^1].Weights.Length + 1)
        {
            throw new MonitorFileException(
                $"Delta: {Values.Length} values; the last layer of {BaseVersion} has {weights.Layers[^1].Weights.Length} weights and a bias.");
        }

        return MonitorFile.Write(Described(shape, []), HeadProblem.Changed(weights, [.. Values.Select(v => v * Step)]));
    }

    /// <summary>Of the monitor with the change: what its scores rest on, and the numbers of this run in place of an earlier one's.</summary>
    internal MonitorMetadata Described(MonitorMetadata shape, IEnumerable<KeyValuePair<string, string>> numbers) => shape with
    {
        CalibrationCount = Labels,
        CalibrationStandardError = StandardError,
        TrainingNumbers = new Dictionary<string, string>(
            [.. shape.TrainingNumbers.Where(n => !n.Key.StartsWith("halp.", StringComparison.Ordinal)), new("halp.base", BaseVersion),
                new("halp.labels", $"{Labels}"), .. numbers], StringComparer.Ordinal),
    };

    public byte[] Write()
    {
        var name = Encoding.UTF8.GetBytes(BaseVersion);
        var file = new byte[Magic.Length + 1 + 1 + name.Length + Fixed + Values.Length + DigestLength];
        Magic.CopyTo(file);
        file[4] = CurrentFormat;
        file[5] = checked((byte)name.Length);
        name.CopyTo(file, 6);
        var rest = file.AsSpan(6 + name.Length);
        BinaryPrimitives.WriteSingleLittleEndian(rest, Step);
        BinaryPrimitives.WriteSingleLittleEndian(rest[4..], StandardError);
        BinaryPrimitives.WriteInt32LittleEndian(rest[8..], Labels);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[12..], checked((ushort)Values.Length));
        for (var i = 0; i < Values.Length; i++)
        {
            rest[Fixed + i] = unchecked((byte)Values[i]);
        }

        SHA256.HashData(file.AsSpan(0, file.Length - DigestLength))[..DigestLength].CopyTo(file, file.Length - DigestLength);
        return file;
    }

    /// <exception cref="MonitorFileException">Foreign, of another format, truncated or damaged: the message says which.</exception>
    public static HeadDelta Read(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Magic))
        {
            throw new MonitorFileException("Delta: foreign. It must begin with TMDL.");
        }

        if (file.Length < 6 || file[4] != CurrentFormat)
        {
            throw new MonitorFileException(file.Length < 6 ? "Delta: truncated." : $"Delta: format {file[4]}; this program reads format {CurrentFormat}.");
        }

        var head = 6 + file[5];
        var length = file.Length < head + Fixed ? int.MaxValue : head + Fixed + BinaryPrimitives.ReadUInt16LittleEndian(file[(head + 12)..]) + DigestLength;
        if (file.Length != length)
        {
            throw new MonitorFileException(
                file.Length < length ? $"Delta: truncated. {file.Length} bytes{(length == int.MaxValue ? "" : $" of {length}")}."
                    : $"Delta: {file.Length - length} bytes follow its end.");
        }

        if (!SHA256.HashData(file[..^DigestLength]).AsSpan(0, DigestLength).SequenceEqual(file[^DigestLength..]))
        {
            throw new MonitorFileException("Delta: damaged. Its checksum is not that of its bytes.");
        }

        var (step, error, labels) = (
            BinaryPrimitives.ReadSingleLittleEndian(file[head..]), BinaryPrimitives.ReadSingleLittleEndian(file[(head + 4)..]),
            BinaryPrimitives.ReadInt32LittleEndian(file[(head + 8)..]));
        if (!(step > 0 && float.IsFinite(step) && error is >= 0 and <= 1 && labels >= 0))
        {
            throw new MonitorFileException(
                $"Delta: its step is {step}, its standard error {error}, its labels {labels}; they must be positive, 0 to 1 and 0 or more.");
        }

        sbyte[] values = [.. file[(head + Fixed)..^DigestLength].ToArray().Select(b => unchecked((sbyte)b))];
        return new HeadDelta(Encoding.UTF8.GetString(file[6..head]), step, values, labels, error);
    }
}
