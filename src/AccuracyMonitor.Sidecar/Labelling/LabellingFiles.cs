using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>The class names and the guidelines of each model, read again when their files change.</summary>
internal sealed class LabellingFiles
{
    /// <summary>Characters of a guidelines file at most: each annotator loads it.</summary>
    public const int MaxGuidelines = 256 * 1024;

    private readonly Dictionary<string, FileSnapshot<ClassTable>> _classes;
    private readonly Dictionary<string, FileSnapshot<string>> _guidelines;

    public LabellingFiles(IOptions<LabellingOptions> options, TimeProvider time, ILogger<LabellingFiles> logger)
    {
        _classes = Open(options.Value.Classes, "Classes", ClassTableReader.Read);
        _guidelines = Open(options.Value.Guidelines, "Guidelines", ReadGuidelines);

        Dictionary<string, FileSnapshot<T>> Open<T>(Dictionary<string, string> paths, string setting, Func<string, T> read)
            where T : class => paths.ToDictionary(
                static p => p.Key,
                p => new FileSnapshot<T>(
                    [p.Value], texts => read(texts[0]),
                    e => SidecarLog.LabellingFileUnusable(logger, $"{LabellingOptions.Section}:{setting}:{p.Key}", e.Message), time),
                StringComparer.Ordinal);
    }

    public ClassTable ClassesOf(string model) => _classes.TryGetValue(model, out var file) ? file.Current : ClassTable.None;

    /// <summary>Markdown; empty: there are none.</summary>
    public string GuidelinesOf(string model) => _guidelines.TryGetValue(model, out var file) ? file.Current : "";

    /// <summary>What is wrong with the text of guidelines.</summary>
    public static IEnumerable<string> Problems(string guidelines)
    {
        if (guidelines.Length > MaxGuidelines)
        {
            yield return $"The file has {guidelines.Length} characters; it may have at most {MaxGuidelines}.";
        }
    }

    private static string ReadGuidelines(string text) => Problems(text).FirstOrDefault() is { } problem ? throw new FormatException(problem) : text;
}
