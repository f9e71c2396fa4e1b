namespace AccuracyMonitor.Bridge.Tools;

/// <summary>What a webhook names. It only says what to look at: every answer is read from the tool.</summary>
internal sealed record ToolHint(IReadOnlyList<string> TaskIds, IReadOnlyList<string> AnnotationIds)
{
    public static ToolHint Empty { get; } = new([], []);
}
