using System.IO.Compression;
using AccuracyMonitor.Core;

namespace AccuracyMonitor.Cli.Traces;

/// <summary>
/// Recorded softmax outputs with their labels: a NumPy <c>.npz</c> with, per condition, <c>&lt;condition&gt;__probs</c> (floating point,
/// n×K) and <c>&lt;condition&gt;__labels</c> (integer, n). A file with the bare keys <c>probs</c> and <c>labels</c> holds one condition,
/// <see cref="Reference"/>.
/// </summary>
internal sealed class TraceFile
{
    /// <summary>The condition that holds labelled held-out data: what a user has before production starts.</summary>
    public const string Reference = "reference";

    /// <summary>How far a row's sum may be from 1. Half-precision softmax over 1,000 classes is off by up to 0.002.</summary>
    public const double SumTolerance = 0.01;

    private const string ProbabilitiesKey = "probs";
    private const string LabelsKey = "labels";
    private const string Separator = "__";

    private readonly Dictionary<string, (string Probabilities, string Labels)> _keys;

    private TraceFile(string path, Dictionary<string, (string, string)> keys)
    {
        Path = path;
        _keys = keys;
        Conditions = [.. keys.Keys.Order(StringComparer.Ordinal)];
    }

    public string Path { get; }

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Conditions in ordinal order.</summary>
    public IReadOnlyList<string> Conditions { get; }

    /// <summary>Reads the directory of the file, no data.</summary>
    /// <exception cref="TraceFileException">Missing, not a zip archive, no condition in it, or a condition with only one of its two keys.</exception>
    public static TraceFile Open(string path)
    {
        using var zip = OpenZip(path);
        var entries = zip.Entries.Select(e => e.FullName).ToHashSet(StringComparer.Ordinal);
        var keys = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var key = entry.EndsWith(".npy", StringComparison.Ordinal) ? entry[..^4] : entry;
            var suffix = entry[key.Length..];
            var condition = ConditionOf(key, ProbabilitiesKey) ?? ConditionOf(key, LabelsKey);
            if (condition is null || keys.ContainsKey(condition))
            {
                continue;
            }

            var prefix = key.EndsWith(ProbabilitiesKey, StringComparison.Ordinal) ? key[..^ProbabilitiesKey.Length] : key[..^LabelsKey.Length];
            var pair = (prefix + ProbabilitiesKey + suffix, prefix + LabelsKey + suffix);
            foreach (var needed in new[] { pair.Item1, pair.Item2 })
            {
                if (!entries.Contains(needed))
                {
                    throw new TraceFileException($"{path}: '{needed}' is missing: condition '{condition}' needs probabilities and labels.");
                }
            }

            keys.Add(condition, pair);
        }

        return keys.Count > 0
            ? new TraceFile(path, keys)
            : throw new TraceFileException(
                $"{path}: holds no condition. Expected arrays '<condition>{Separator}{ProbabilitiesKey}' and '<condition>{Separator}{LabelsKey}'.");
    }

    /// <summary>Reads and checks one condition.</summary>
    /// <exception cref="TraceFileException">No such condition, an unreadable array, shapes that do not fit, a row that is no softmax vector,
    /// or a label outside 0…K−1.</exception>
    public ReferenceSet Load(string condition)
    {
        if (!_keys.TryGetValue(condition, out var keys))
        {
            throw new TraceFileException($"{Path}: no condition '{condition}'. It has: {string.Join(", ", Conditions)}.");
        }

        using var zip = OpenZip(Path);
        var (shape, probabilities) = Read(zip, keys.Probabilities, NpyReader.ReadFloats);
        var (labelShape, labels) = Read(zip, keys.Labels, NpyReader.ReadIntegers);
        if (shape.Length != 2 || shape[1] < 2)
        {
            throw new TraceFileException($"{Path}: '{keys.Probabilities}' has shape ({string.Join(", ", shape)}); expected (n, K) with K at least 2.");
        }

        if (labelShape.Length != 1 || labels.Length != shape[0])
        {
            throw new TraceFileException(
                $"{Path}: '{keys.Labels}' has shape ({string.Join(", ", labelShape)}); expected ({shape[0]}), one label per row of '{keys.Probabilities}'.");
        }

        CheckRows(keys.Probabilities, probabilities, shape[1]);
        CheckLabels(keys.Labels, labels, shape[1]);
        return new ReferenceSet(probabilities, labels, shape[1]);
    }

    private static string? ConditionOf(string key, string part) =>
        string.Equals(key, part, StringComparison.Ordinal) ? Reference
        : key.EndsWith(Separator + part, StringComparison.Ordinal) ? key[..^(Separator.Length + part.Length)]
        : null;

    private static ZipArchive OpenZip(string path)
    {
        try
        {
            return ZipFile.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new TraceFileException($"{path}: cannot be read as an .npz file: {e.Message}", e);
        }
    }

    private T Read<T>(ZipArchive zip, string key, Func<Stream, T> read)
    {
        try
        {
            using var stream = zip.GetEntry(key)!.Open();
            return read(stream);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new TraceFileException($"{Path}: '{key}': {e.Message}", e);
        }
    }

    private void CheckRows(string key, float[] probabilities, int classes)
    {
        for (var row = 0; row < probabilities.Length / classes; row++)
        {
            var sum = 0.0;
            foreach (var p in probabilities.AsSpan(row * classes, classes))
            {
                if (!(p >= 0 && p <= 1 + SumTolerance))
                {
                    throw new TraceFileException($"{Path}: '{key}' row {row}: probability {p} is outside [0, 1].");
                }

                sum += p;
            }

            if (Math.Abs(sum - 1) > SumTolerance)
            {
                throw new TraceFileException($"{Path}: '{key}' row {row}: sums to {sum:G6}; expected 1 within {SumTolerance}.");
            }
        }
    }

    private void CheckLabels(string key, int[] labels, int classes)
    {
        for (var row = 0; row < labels.Length; row++)
        {
            if ((uint)labels[row] >= (uint)classes)
            {
                throw new TraceFileException($"{Path}: '{key}' row {row}: label {labels[row]} is outside 0…{classes - 1}.");
            }
        }
    }
}
