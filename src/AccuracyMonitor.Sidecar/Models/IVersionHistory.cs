namespace AccuracyMonitor.Sidecar.Models;

/// <summary>What the store knows of model versions from before they were last seen.</summary>
internal interface IVersionHistory
{
    /// <summary>
    /// Adds to the windows of a version what the store has of them, and lets its labels be counted (<see cref="ModelState.MarkRestored"/>) with none that is
    /// given meanwhile lost or counted twice. Tries until the store can be read, or the version is retired. Never throws.
    /// </summary>
    Task RestoreAsync(ModelRegistry registry, ModelState model);
}
