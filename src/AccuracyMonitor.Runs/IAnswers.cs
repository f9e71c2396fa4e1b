using AccuracyMonitor.V1;

namespace AccuracyMonitor.Runs;

/// <summary>What a simulated annotator knows: whose questions to take, what the truth is, and how the annotator behaves. Thread-safe.</summary>
internal interface IAnswers
{
    string Model { get; }

    string Version { get; }

    int ClassCount { get; }

    /// <summary>How long a question is leased for; a question whose lease is over comes again, and is known by its id.</summary>
    TimeSpan Lease { get; }

    /// <summary>Null: not a question of this run.</summary>
    AnnotationPlan? Plan(LabelItem item);

    /// <summary>True class; null while it isn't known, and then it is asked for again a little later.</summary>
    int? Truth(string predictionId);
}
