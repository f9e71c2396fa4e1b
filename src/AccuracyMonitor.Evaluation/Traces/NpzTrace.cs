using System.IO.Compression;
using AccuracyMonitor.Core;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>
/// A NumPy <c>.npz</c> with, per condition, <c>&lt;condition&gt;__probs</c> (floating point, n×K) and <c>&lt;condition&gt;__labels</c> (integer,
/// n). A file with the bare keys <c>probs</c> and <c>labels</c> holds one condition, <see cref="TraceFile.Reference"/>.
/// </summary>
internal sealed class NpzTrace : ITraceSource
{
    private const string ProbabilitiesKey = "probs";
    private const string LabelsKey = "labels";
    private const string Separator = "__";

    private readonly string _path;
    private readonly Dictionary<string, (string Probabilities, string Labels)> _keys;

    private NpzTrace(string path, List<string> conditions, Dictionary<string, (string, string)> keys)
    {
        _path = path;
        _keys = keys;
        Conditions = conditions;
    }

    public IReadOnlyList<string> Conditions { get; }

    /// <summary>Reads the directory of the file, no data.</summary>
    /// <exception cref="TraceFileException">Not a zip archive, no condition in it, or a condition with only one of its two keys.</exception>
    public static NpzTrace Open(string path)
    {
        using var zip = OpenZip(path);
        var entries = zip.Entries.Select(e => e.FullName).ToHashSet(StringComparer.Ordinal);
        var keys = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        var conditions = new List<string>();
        foreach (var entry in zip.Entries.Select(e => e.FullName))
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
            conditions.Add(condition);
        }

        return keys.Count > 0
            ? new NpzTrace(path, conditions, keys)
            : throw new TraceFileException(
                $"{path}: holds no condition. Expected arrays '<condition>{Separator}{ProbabilitiesKey}' and '<condition>{Separator}{LabelsKey}'.");
    }

    public ReferenceSet Load(string condition)
    {
        var keys = _keys[condition];
        using var zip = OpenZip(_path);
        var (shape, probabilities) = Read(zip, keys.Probabilities, NpyReader.ReadFloats);
        var (labelShape, labels) = Read(zip, keys.Labels, NpyReader.ReadIntegers);
        if (shape.Length != 2 || shape[1] < 2)
        {
            throw new TraceFileException($"{_path}: '{keys.Probabilities}' has shape ({string.Join(", ", shape)}); expected (n, K) with K at least 2.");
        }

        if (labelShape.Length != 1 || labels.Length != shape[0])
        {
            throw new TraceFileException(
                $"{_path}: '{keys.Labels}' has shape ({string.Join(", ", labelShape)}); expected ({shape[0]}), one label per row of '{keys.Probabilities}'.");
        }

        CheckRows(keys.Probabilities, probabilities, shape[1]);
        CheckLabels(keys.Labels, labels, shape[1]);
        return new ReferenceSet(probabilities, labels, shape[1]);
    }

    public int Unlabelled(string condition) => 0;

    private static string? ConditionOf(string key, string part) =>
        string.Equals(key, part, StringComparison.Ordinal) ? TraceFile.Reference
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
            throw new TraceFileException($"{_path}: '{key}': {e.Message}", e);
        }
    }

    private void CheckRows(string key, float[] probabilities, int classes)
    {
        for (var row = 0; row < probabilities.Length / classes; row++)
        {
            if (SoftmaxCheck.Defect(probabilities.AsSpan(row * classes, classes), out _) is { } defect)
            {
                throw new TraceFileException($"{_path}: '{key}' row {row}: {defect}.");
            }
        }
    }

    private void CheckLabels(string key, int[] labels, int classes)
    {
        for (var row = 0; row < labels.Length; row++)
        {
            if ((uint)labels[row] >= (uint)classes)
            {
                throw new TraceFileException($"{_path}: '{key}' row {row}: label {labels[row]} is outside 0…{classes - 1}.");
            }
        }
    }
}
