namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>The labels that a method needs, apart from those of the reference set.</summary>
internal enum LabelUse
{
    None,

    /// <summary>A few labels of the judged window.</summary>
    Window,

    /// <summary>Only labels of earlier windows: judged only where there are any.</summary>
    EarlierWindows,

    /// <summary>Every label of the condition: judged only when asked for by name.</summary>
    Condition,
}
