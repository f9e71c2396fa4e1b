namespace AccuracyMonitor.Cli.Evaluation;

/// <summary>What is compared.</summary>
internal static class Method
{
    public const int UniformWilson = 0;
    public const int PpiPlusPlus = 1;
    public const int Aipw = 2;
    public const int Audited = 3;
    public const int AuditedHead = 4;
    public const int LabelFree = 5;

    public static IReadOnlyList<string> Names { get; } = ["uniform-wilson", "ppi++", "aipw", "audited", "audited-head", "label-free"];
}
