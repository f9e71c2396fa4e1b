using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Bridge.Tools;

/// <summary>
/// A labelling tool that keeps tasks and their annotations. Every call may throw <see cref="ToolException"/>.
/// </summary>
internal interface ILabellingTool
{
    /// <summary>Name that is recorded with labels, such as <c>label-studio</c>.</summary>
    string Name { get; }

    /// <summary>Finds the project, or creates it, and checks that it fits and is blind.</summary>
    /// <param name="known">The project of an earlier start; null if there is none.</param>
    /// <param name="change">False: nothing is created or changed, only reported.</param>
    /// <param name="cancel">Ends the call.</param>
    Task<PreparedProject> PrepareAsync(string? known, bool change, CancellationToken cancel);

    /// <summary>Creates all tasks or none, and creates them again when it is called again. With <see cref="ToolFailure.Unavailable"/> they may exist.</summary>
    Task CreateAsync(IReadOnlyList<NewTask> tasks, CancellationToken cancel);

    /// <summary>Tasks of these predictions; possibly others too.</summary>
    IAsyncEnumerable<ToolTask> FindAsync(IReadOnlyList<string> predictionIds, CancellationToken cancel);

    /// <summary>Tasks changed at or after a time of the tool's clock; possibly others too.</summary>
    IAsyncEnumerable<ToolTask> ChangedAsync(DateTimeOffset since, CancellationToken cancel);

    IAsyncEnumerable<ToolTask> AllAsync(CancellationToken cancel);

    /// <returns>Null if the tool does not have it.</returns>
    Task<ToolTask?> GetAsync(string taskId, CancellationToken cancel);

    /// <summary>Deletes tasks; those that are gone already are no error.</summary>
    Task DeleteAsync(IReadOnlyList<string> taskIds, CancellationToken cancel);

    /// <returns>The name to record for <see cref="ToolAnnotation.Annotator"/>, such as his e-mail address.</returns>
    Task<string> AnnotatorAsync(string annotator, CancellationToken cancel);

    /// <summary>Creates the webhook, or activates it again.</summary>
    /// <returns>Whether an existing one was inactive.</returns>
    Task<bool> ArmHookAsync(Uri url, string secret, CancellationToken cancel);

    /// <summary>Whether a webhook call has the secret that <see cref="ArmHookAsync"/> gave it.</summary>
    bool IsAuthentic(IHeaderDictionary headers, string secret);

    /// <summary>What the body of a webhook call names. <see cref="ToolHint.Empty"/> when it is not understood.</summary>
    ToolHint ReadHint(ReadOnlyMemory<byte> body);
}

/// <param name="Project">The project as the tool names it; null if there is none yet.</param>
/// <param name="Problems">What keeps it from being used, a sentence each.</param>
/// <param name="Notes">What was done, or would be, a sentence each.</param>
internal sealed record PreparedProject(string? Project, IReadOnlyList<string> Problems, IReadOnlyList<string> Notes);
