using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.BitCentering;

/// <summary>
/// What one tenant's labels changed of a monitor's last layer, at one byte a weight: the change of weight i is Values[i]·Step. As a file (<c>.tmd</c>),
/// little-endian: "TMDL", the format's number, the base monitor's version, Step (single), the values, the first eight bytes of the SHA-256 of all before.
/// Rolling back is leaving the delta off: the base monitor is never changed.
/// </summary>
/// <param name="BaseVersion">Of the monitor that it was learned on, and fits alone.</param>
/// <param name="Step">Positive.</param>
/// <param name="Values">Of the last layer's weights, then of its bias.</param>
public sealed record HeadDelta(string BaseVersion, float Step, sbyte[] Values)
{
    /// <summary>The format that this code writes, and the only one it reads.</summary>
    public const byte CurrentFormat = 1;

    private const int DigestLength = 8;
    private const int Levels = 127;

    private static ReadOnlySpan<byte> Magic => "TMDL"u8;

    /// <summary>Rounds a change to the nearest values of one byte.</summary>
    public static HeadDelta Of(string baseVersion, ReadOnlySpan<double> change)
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

        return new HeadDelta(baseVersion, step, values);
    }

    /// <summary>The base monitor with the change: a monitor file like any other.</summary>
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
            throw new MonitorFileException($"Delta: {Values.Length} values; the last layer of {BaseVersion} has {weights.Layers[^1].Weights.Length} weights and a bias.");
        }

        return MonitorFile.Write(
            shape with { TrainingNumbers = new Dictionary<string, string>(shape.TrainingNumbers, StringComparer.Ordinal) { ["halp.base"] = BaseVersion } },
            HeadProblem.Changed(weights, [.. Values.Select(v => v * Step)]));
    }

    public byte[] Write()
    {
        var name = Encoding.UTF8.GetBytes(BaseVersion);
        var file = new byte[Magic.Length + 1 + 1 + name.Length + 4 + 2 + Values.Length + DigestLength];
        Magic.CopyTo(file);
        file[4] = CurrentFormat;
        file[5] = checked((byte)name.Length);
        name.CopyTo(file, 6);
        var rest = file.AsSpan(6 + name.Length);
        BinaryPrimitives.WriteSingleLittleEndian(rest, Step);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[4..], checked((ushort)Values.Length));
        for (var i = 0; i < Values.Length; i++)
        {
            rest[6 + i] = unchecked((byte)Values[i]);
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
        var length = file.Length < head + 6 ? int.MaxValue : head + 6 + BinaryPrimitives.ReadUInt16LittleEndian(file[(head + 4)..]) + DigestLength;
        if (file.Length != length)
        {
            throw new MonitorFileException(
                file.Length < length ? $"Delta: truncated. {file.Length} bytes{(length == int.MaxValue ? "" : $" of {length}")}." : $"Delta: {file.Length - length} bytes follow its end.");
        }

        if (!SHA256.HashData(file[..^DigestLength]).AsSpan(0, DigestLength).SequenceEqual(file[^DigestLength..]))
        {
            throw new MonitorFileException("Delta: damaged. Its checksum is not that of its bytes.");
        }

        var step = BinaryPrimitives.ReadSingleLittleEndian(file[head..]);
        if (!(step > 0 && float.IsFinite(step)))
        {
            throw new MonitorFileException($"Delta: its step is {step}; it must be positive and finite.");
        }

        sbyte[] values = [.. file[(head + 6)..^DigestLength].ToArray().Select(b => unchecked((sbyte)b))];
        return new HeadDelta(Encoding.UTF8.GetString(file[6..head]), step, values);
    }
}
