namespace AccuracyMonitor.Storage.Audit;

/// <summary>What was done. The numbers are those of the wire's <c>AuditAction</c>.</summary>
public enum AuditAction
{
    MonitorRegistered = 1,

    /// <summary>Made the champion by somebody's word, or recorded as the champion that was there first.</summary>
    MonitorActivated = 2,

    MonitorRolledBack = 3,

    /// <summary>Somebody had a challenger fitted and judged; the detail says whether it took over.</summary>
    MonitorAdapted = 4,

    /// <summary>A challenger took over by evidence, and nobody had asked.</summary>
    MonitorPromoted = 5,

    /// <summary>Labels given for the first time or replaced.</summary>
    LabelsCompleted = 6,

    LabelsRetracted = 7,

    LabelsSkipped = 8,

    /// <summary>The program was started; the detail names the settings that differ from those of the start before.</summary>
    Started = 9,

    /// <summary>All labels of one annotator since a time were taken back.</summary>
    AnnotatorRetracted = 10,

    /// <summary>All that was kept of predictions was deleted.</summary>
    PredictionsForgotten = 11,

    /// <summary>The deletion of all that is kept of a model, or of the version that is named, was begun.</summary>
    ModelDeleted = 12,

    /// <summary>True classes of gold items were set, replaced or removed.</summary>
    GoldSet = 13,
}
