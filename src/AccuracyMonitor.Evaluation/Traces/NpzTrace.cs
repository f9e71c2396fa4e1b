using System.IO.Compression;
using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>
/// A NumPy <c>.npz</c> with, per condition, <c>&lt;condition&gt;__probs</c> (floating point, n×K) and <c>&lt;condition&gt;__labels</c> (n class
/// indices, or n×K ones and zeros). A file with the bare keys <c>probs</c> and <c>labels</c> holds one condition, <see cref="TraceFile.Reference"/>.
/// </summary>
internal sealed class NpzTrace : ITraceSource
{
    private const string ProbabilitiesKey = "probs";
    private const string LabelsKey = "labels";
    private const string Separator = "__";

    private readonly string _path;
    private readonly TraceOptions _options;
    private readonly Dictionary<string, (string Probabilities, string Labels)> _keys;
    private readonly Dictionary<string, int> _unlabelled = new(StringComparer.Ordinal);
    private readonly NpzRows _rows;

    private NpzTrace(string path, TraceOptions options, List<string> conditions, Dictionary<string, (string, string)> keys)
    {
        (_path, _options, _keys, Conditions) = (path, options, keys, conditions);
        _rows = new NpzRows(path, options);
        NamesConditions = keys.Count > 1 || keys.Values.Single().Item1 is not (ProbabilitiesKey or ProbabilitiesKey + ".npy");
        Understood = Understand();
        Understood = options.MaxErrors > 0 ? Counted() : Understood;
    }

    public IReadOnlyList<string> Conditions { get; }

    public bool NamesConditions { get; }

    /// <summary>From the headers: an array is read when its condition is. If rows may be left out, from the arrays.</summary>
    public TraceUnderstanding Understood { get; }

    /// <summary>Reads the directory of the file, no data.</summary>
    /// <exception cref="TraceFileException">Not a zip archive, no condition in it, or a condition with only one of its two keys.</exception>
    public static NpzTrace Open(string path, TraceOptions options)
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
            ? new NpzTrace(path, options, conditions, keys)
            : throw new TraceFileException(
                $"{path}: holds no condition. Expected arrays '<condition>{Separator}{ProbabilitiesKey}' and '<condition>{Separator}{LabelsKey}'.");
    }

    public ReferenceSet Load(string condition)
    {
        var keys = _keys[condition];
        using var zip = OpenZip(_path);
        var (shape, probabilities) = Read(zip, keys.Probabilities, NpyReader.ReadFloats);
        var (labelShape, labels) = Read(zip, keys.Labels, NpyReader.ReadLabels);
        var single = IsSingle(shape);
        if (!single && (shape.Length != 2 || shape[1] < 2))
        {
            throw new TraceFileException(
                $"{_path}: '{keys.Probabilities}' has shape ({string.Join(", ", shape)}); expected (n, K) with K at least 2 (one probability, of class 1 of "
                    + $"two: --form sigmoid).");
        }

        var scheme = SchemeOf(keys.Probabilities, shape);
        var classes = scheme.Count;
        var oneHot = labelShape.Length == 2 && labelShape[1] == classes;
        if (labelShape.Length == 0 || labelShape[0] != shape[0] || labels.Length != (oneHot ? (long)shape[0] * classes : shape[0]))
        {
            throw new TraceFileException(
                $"{_path}: '{keys.Labels}' has shape ({string.Join(", ", labelShape)}); expected ({shape[0]}), one label per row of '{keys.Probabilities}', "
                    + $"or ({shape[0]}, {classes}), one-hot.");
        }

        var (rows, unlabelled) = _rows.Select(
            new NpzCondition(condition, new NpzArray<float>(keys.Probabilities, probabilities, single ? 1 : classes),
                new NpzArray<double>(keys.Labels, labels, oneHot ? classes : 1)), scheme);
        _unlabelled[condition] = unlabelled;
        return rows;
    }

    public int Unlabelled(string condition)
    {
        if (!_unlabelled.ContainsKey(condition))
        {
            Load(condition);
        }

        return _unlabelled[condition];
    }

    private TraceUnderstanding Understand()
    {
        using var zip = OpenZip(_path);
        var (rows, classes, canMiss) = (0L, default(ClassScheme), false);
        foreach (var keys in _keys.Values)
        {
            // An array that can't be read is an error when its condition is loaded.
            if (Header(zip, keys.Probabilities) is { Shape: [var count, ..] shape } && (IsSingle(shape) || shape is [_, >= 2]))
            {
                (rows, classes) = (rows + count, SchemeOf(keys.Probabilities, shape));
                canMiss |= Header(zip, keys.Labels) is not { CanMiss: false };
            }
        }

        return new TraceUnderstanding
        {
            Path = _path,
            Rows = rows,
            Labelled = canMiss ? null : rows,
            Classes = classes,
            Form = OutputForms.Describe(_options.Form ?? OutputForm.Softmax, _options.Form == OutputForm.Sigmoid),
            Outputs = $"arrays '…{ProbabilitiesKey}'",
            Skipped = _rows.Skipped,
        };
    }

    /// <summary>With <c>--form sigmoid</c> an array is one column.</summary>
    private bool IsSingle(int[] shape) => _options.Form == OutputForm.Sigmoid && shape is ([_] or [_, 1]);

    /// <exception cref="TraceFileException">The options are for another number of classes.</exception>
    private ClassScheme SchemeOf(string key, int[] shape)
    {
        var single = IsSingle(shape);
        var classes = single ? 2 : shape[1];
        if (_options.Form == OutputForm.Sigmoid && !single)
        {
            throw new TraceFileException($"{_path}: '{key}' has shape ({string.Join(", ", shape)}); --form sigmoid is for one column, (n) or (n, 1).");
        }

        return _options.Classes is { } given && given.Count != classes
            ? throw new TraceFileException($"{_path}: '{key}' has {classes} classes; --classes names {given.Count}.")
            : new ClassScheme(classes, _options.Classes, _options.ClassesFrom ?? 0, null);
    }

    /// <summary>Reads every condition once, so that what is left out is known before anything is made of the rest.</summary>
    private TraceUnderstanding Counted()
    {
        var (labelled, unlabelled) = (0L, 0L);
        foreach (var condition in Conditions)
        {
            try
            {
                labelled += Load(condition).Count;
                unlabelled += _unlabelled[condition];
            }
            catch (TraceFileException)
            {
                // An error when the condition is loaded for good.
                return Understood with { Labelled = null };
            }
        }

        return Understood with { Rows = labelled + unlabelled, Labelled = labelled };
    }

    private static (int[] Shape, bool CanMiss)? Header(ZipArchive zip, string key)
    {
        try
        {
            using var stream = zip.GetEntry(key)!.Open();
            return NpyReader.ReadShape(stream);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return null;
        }
    }

    private static string? ConditionOf(string key, string part) =>
        string.Equals(key, part, StringComparison.Ordinal) ? TraceFile.Reference
        : key.EndsWith(Separator + part, StringComparison.Ordinal) ? key[..^(Separator.Length + part.Length)]
        : null;

    private static ZipArchive OpenZip(string path)
    {
        try
        {
            return new ZipArchive(TraceContainer.OpenSeekable(path), ZipArchiveMode.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new TraceFileException($"{path}: cannot be read as an .npz file: {e.Message}", e);
        }
    }

    private T Read<T>(ZipArchive zip, string key, Func<Stream, long, T> read)
    {
        try
        {
            var entry = zip.GetEntry(key)!;
            using var stream = entry.Open();
            return read(stream, entry.Length);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new TraceFileException($"{_path}: '{key}': {e.Message}", e);
        }
    }
}
