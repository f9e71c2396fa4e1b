namespace AccuracyMonitor.Bridge.Tools;

/// <summary>A task to create.</summary>
/// <param name="Key">Comes back with the task.</param>
/// <param name="Input">What is shown: the address of the input.</param>
internal sealed record NewTask(PredictionKey Key, string Input);

/// <summary>A task as the tool has it.</summary>
/// <param name="Key">Null: the task is not the bridge's.</param>
/// <param name="Created">When it was made, by the tool's clock.</param>
/// <param name="Updated">When it was last changed, by the tool's clock.</param>
/// <param name="Annotations">All of them, in the order they were made.</param>
internal sealed record ToolTask(string Id, PredictionKey? Key, DateTimeOffset Created, DateTimeOffset Updated, IReadOnlyList<ToolAnnotation> Annotations);

/// <param name="Annotator">As the tool names him; <see cref="ILabellingTool.AnnotatorAsync"/> gives the name to record.</param>
/// <param name="Created">When it was made, by the tool's clock.</param>
/// <param name="LeadTime">How long the annotator looked at the task; null: unknown.</param>
internal sealed record ToolAnnotation(string Id, string Annotator, ToolAnswer Answer, DateTimeOffset Created, TimeSpan? LeadTime);
