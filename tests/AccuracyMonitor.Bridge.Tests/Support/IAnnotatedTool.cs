namespace AccuracyMonitor.Bridge.Tests.Support;

/// <summary>What annotators see and do in a labelling tool of a test.</summary>
internal interface IAnnotatedTool
{
    string Name { get; }

    /// <summary>Every call of the bridge fails.</summary>
    bool Down { get; set; }

    IReadOnlyList<FakeTask> Tasks { get; }

    FakeTask TaskOf(string prediction) => Tasks.Single(t => t.PredictionId == prediction);

    Task<FakeAnnotation> AnnotateAsync(FakeTask task, string? choice, int user = 1, bool cancelled = false, string? skipReason = null);

    Task ChangeAsync(FakeTask task, FakeAnnotation annotation, Action<FakeAnnotation> change);

    /// <summary>Does not move the task's time.</summary>
    Task DeleteAnnotationAsync(FakeTask task, FakeAnnotation annotation);

    Task DeleteTaskAsync(FakeTask task);
}
