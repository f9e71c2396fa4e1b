namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>The identifiers of the methods: in <c>--methods</c>, in tables and in JSON. They may only be added to.</summary>
internal static class Method
{
    public const string Monitor = "monitor";
    public const string Transferred = "monitor-transferred";
    public const string UniformEarlier = "uniform-earlier";
    public const string UniformWilson = "uniform-wilson";
    public const string UniformClopperPearson = "uniform-clopper-pearson";
    public const string Ppi = "ppi";
    public const string PpiPlusPlus = "ppi++";
    public const string HorvitzThompson = "horvitz-thompson";
    public const string Aipw = "aipw";
    public const string Stratified = "stratified";
    public const string Lure = "lure";
    public const string TopUncertainty = "top-uncertainty";
    public const string AuditedStream = "audited-stream";
    public const string AuditedFleet = "audited-fleet";
    public const string Audited = "audited";
    public const string Combined = "combined";
    public const string OracleBound = "oracle-bound";

    /// <summary>No label of the judged window.</summary>
    public static IReadOnlyList<string> LabelFree { get; } =
    [
        "ac", "ts-ac", "doc", "atc-mc", "atc-ne", "im", "cbpe", "cot", "cott", "mandoline", "nuclear-norm", "mano", "calibrated-score", Monitor,
    ];

    public static IReadOnlyList<string> FewLabels { get; } =
    [
        UniformWilson, UniformClopperPearson, Ppi, PpiPlusPlus, HorvitzThompson, Aipw, Stratified, Lure, TopUncertainty, AuditedStream, AuditedFleet, Audited, Combined,
    ];

    /// <summary>Only with labels of earlier windows.</summary>
    public static IReadOnlyList<string> WithEarlierLabels { get; } = [Transferred, UniformEarlier];

    /// <summary>Only when asked for by name: a bound that needs every label of the condition.</summary>
    public static IReadOnlyList<string> OnRequest { get; } = [OracleBound];

    public static IReadOnlyList<string> All { get; } = [.. LabelFree, .. FewLabels, .. WithEarlierLabels, .. OnRequest];

    /// <summary>What is judged where <c>--methods</c> is not given.</summary>
    public static IReadOnlyList<string> Default(int earlierLabels) => [.. LabelFree, .. FewLabels, .. earlierLabels > 0 ? WithEarlierLabels : []];
}
