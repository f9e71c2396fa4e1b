namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Names that tables share.</summary>
internal static class TraceColumns
{
    public const string Label = "label";
    public const string Condition = "condition";

    /// <summary>A column that is a list of K.</summary>
    public static readonly string[] Lists = ["probs", "probabilities"];
}
