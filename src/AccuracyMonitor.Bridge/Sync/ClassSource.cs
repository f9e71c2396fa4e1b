using AccuracyMonitor.Bridge.Queue;
using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>Where the class names come from: the file of the settings, or the sidecar.</summary>
internal sealed class ClassSource(BridgeOptions options, LabelQueue queue, CurrentClasses current)
{
    /// <summary>For messages.</summary>
    public string Name => options.ClassesFile.Length > 0 ? "Bridge:ClassesFile" : $"Labelling:Classes:{options.Model} of the sidecar";

    public ClassNames Names => current.Names;

    /// <summary>Reads them.</summary>
    /// <returns>What is wrong with them, a sentence each; then those before stay.</returns>
    public async Task<IReadOnlyList<string>> ReadAsync(CancellationToken cancel)
    {
        IReadOnlyList<string> errors;
        ClassNames? read;
        if (options.ClassesFile.Length > 0)
        {
            read = ClassNames.Read(options.ClassesFile, out errors);
        }
        else if (await queue.ClassesAsync(cancel) is { Count: > 0 } names)
        {
            read = ClassNames.Of(names, out errors);
        }
        else
        {
            return [$"The sidecar has no class names for the model {options.Model}. Set Labelling:Classes:{options.Model} there, or Bridge:ClassesFile here."];
        }

        if (read is not null)
        {
            current.Names = read;
        }

        return [.. errors.Select(e => $"{Name}: {e}")];
    }
}
