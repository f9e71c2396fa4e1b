using System.Globalization;

namespace AccuracyMonitor.Scoring.Networks;

/// <summary>Converts <see cref="MonitorMetadata"/> to the texts of an ONNX file's <c>metadata_props</c> and back, and checks every
/// bound.</summary>
internal static class MetadataText
{
    public const string FormatKey = Prefix + "format_version";
    public const string DigestKey = Prefix + "sha256";

    private const string Prefix = "accuracy_monitor.";
    private const string TrainingPrefix = Prefix + "training.";
    private const int MaxClasses = 10_000;
    private const int MaxMembers = 256;
    private const int MaxWidth = 1024;
    private const int MaxVersion = 128;
    private const int MaxTrainingEntries = 256;
    private const int MaxTrainingEntry = 4096;

    public static IEnumerable<KeyValuePair<string, string>> Write(MonitorMetadata m)
    {
        yield return new(FormatKey, Text(m.FormatVersion));
        yield return new(Prefix + "monitor_version", m.MonitorVersion);
        yield return new(Prefix + "encoding", m.Encoding.ToString());
        yield return new(Prefix + "class_count", Text(m.ClassCount));
        yield return new(Prefix + "members", Text(m.Members));
        yield return new(Prefix + "mask_seed", Text(m.MaskSeed));
        yield return new(Prefix + "dropout_rate", Text(m.DropoutRate));
        yield return new(Prefix + "hidden_widths", string.Join(',', m.HiddenWidths.Select(w => Text(w))));
        yield return new(Prefix + "calibration_scale", Text(m.CalibrationScale));
        yield return new(Prefix + "calibration_shift", Text(m.CalibrationShift));
        yield return new(Prefix + "calibration_count", Text(m.CalibrationCount));
        yield return new(Prefix + "calibration_standard_error", Text(m.CalibrationStandardError));
        yield return new(Prefix + "reference_count", Text(m.ReferenceCount));
        yield return new(Prefix + "reference_accuracy", Text(m.ReferenceAccuracy));
        foreach (var (name, value) in m.TrainingNumbers.OrderBy(n => n.Key, StringComparer.Ordinal))
        {
            yield return new(TrainingPrefix + name, value);
        }
    }

    /// <exception cref="MonitorFileException">A field is missing or out of its bound.</exception>
    public static MonitorMetadata Read(IReadOnlyDictionary<string, string> texts)
    {
        var metadata = new MonitorMetadata
        {
            FormatVersion = Number<int>(texts, "format_version"),
            MonitorVersion = Required(texts, "monitor_version"),
            Encoding = Enum.TryParse<MonitorEncoding>(Required(texts, "encoding"), out var encoding) && Enum.IsDefined(encoding)
                ? encoding
                : throw new MonitorFileException(
                    $"Monitor file: encoding is '{texts[Prefix + "encoding"]}'; known are {string.Join(", ", Enum.GetNames<MonitorEncoding>())}."),
            ClassCount = Number<int>(texts, "class_count"),
            Members = Number<int>(texts, "members"),
            MaskSeed = Number<ulong>(texts, "mask_seed"),
            DropoutRate = Number<double>(texts, "dropout_rate"),
            HiddenWidths = [.. Required(texts, "hidden_widths").Split(',').Select(w => Parse<int>("hidden_widths", w))],
            CalibrationScale = Number<double>(texts, "calibration_scale"),
            CalibrationShift = Number<double>(texts, "calibration_shift"),
            CalibrationCount = Number<int>(texts, "calibration_count"),
            CalibrationStandardError = Number<double>(texts, "calibration_standard_error"),
            ReferenceCount = Number<int>(texts, "reference_count"),
            ReferenceAccuracy = Number<double>(texts, "reference_accuracy"),
            TrainingNumbers = texts.Where(t => t.Key.StartsWith(TrainingPrefix, StringComparison.Ordinal))
                .ToDictionary(t => t.Key[TrainingPrefix.Length..], t => t.Value, StringComparer.Ordinal),
        };
        Check(metadata);
        return metadata;
    }

    /// <exception cref="MonitorFileException">Out of bounds.</exception>
    public static void Check(MonitorMetadata m)
    {
        Bound("length of monitor_version", m.MonitorVersion.Length, 0, MaxVersion);
        Bound("number of training entries", m.TrainingNumbers.Count, 0, MaxTrainingEntries);
        foreach (var (name, value) in m.TrainingNumbers)
        {
            Bound("length of a training entry", name.Length + value.Length, 0, MaxTrainingEntry);
        }

        Bound("class_count", m.ClassCount, 2, MaxClasses);
        Bound("members", m.Members, 1, MaxMembers);
        Bound("dropout_rate", m.DropoutRate, 0, 0.9);
        Bound("number of hidden_widths", m.HiddenWidths.Count, 1, 2);
        foreach (var width in m.HiddenWidths)
        {
            Bound("hidden_widths", width, 1, MaxWidth);
        }

        Bound("calibration_scale", m.CalibrationScale, 0, 1e6);
        Bound("calibration_shift", m.CalibrationShift, -1e6, 1e6);
    }

    private static void Bound(string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            throw new MonitorFileException($"Monitor file: {name} is {Text(value)}; it must be {Text(least)} to {Text(most)}.");
        }
    }

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    private static T Number<T>(IReadOnlyDictionary<string, string> texts, string name)
        where T : IParsable<T> => Parse<T>(name, Required(texts, name));

    private static T Parse<T>(string name, string text)
        where T : IParsable<T> => T.TryParse(text, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new MonitorFileException($"Monitor file: {name} is '{text}'; expected a number.");

    private static string Required(IReadOnlyDictionary<string, string> texts, string name) =>
        texts.TryGetValue(Prefix + name, out var text) ? text : throw new MonitorFileException($"Monitor file: {name} is missing.");
}
