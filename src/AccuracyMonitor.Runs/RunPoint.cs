using AccuracyMonitor.V1;

namespace AccuracyMonitor.Runs;

/// <param name="Value">0–1; NaN where none is published.</param>
/// <param name="State">As the sidecar says.</param>
internal sealed record PublishedNumber(double Value, double Lower, double Upper, EstimateState State)
{
    public bool IsPublished => State == EstimateState.Ok;

    public static PublishedNumber From(WindowEstimate window, EstimateKind kind)
    {
        var e = window.Estimates.FirstOrDefault(estimate => estimate.Kind == kind);
        return e is { State: EstimateState.Ok }
            ? new PublishedNumber(e.Value, e.Lower, e.Upper, e.State)
            : new PublishedNumber(double.NaN, double.NaN, double.NaN, e?.State ?? EstimateState.Unspecified);
    }

    public bool Covers(double truth) => IsPublished && Lower <= truth && truth <= Upper;
}

/// <summary>One window as the sidecar published it, beside the hidden truth of the same predictions.</summary>
internal sealed record RunPoint
{
    /// <summary>End of the window, since the stream began.</summary>
    public required TimeSpan At { get; init; }

    /// <summary>Name of the stretch of the stream that the window ends in.</summary>
    public required string Condition { get; init; }

    /// <summary>Which stretch that is, from 0: a name may come again.</summary>
    public int ConditionIndex { get; init; }

    /// <summary>Predictions sent since the stream began.</summary>
    public long Position { get; init; }

    /// <summary>Labels given since the stream began.</summary>
    public long Answered { get; init; }

    /// <summary>Accuracy over the window, 0–1: what confidence and the label-free estimate speak of.</summary>
    public required double Truth { get; init; }

    /// <summary>End of the part of the window that its labels speak for, since the stream began; null: all of it.</summary>
    public TimeSpan? AnsweredUntil { get; init; }

    /// <summary>Accuracy over that part, 0–1: what the labelled, audited and combined estimates speak of.</summary>
    public required double AnsweredTruth { get; init; }

    /// <summary>The model's own mean confidence over the window, 0–1.</summary>
    public required double Confidence { get; init; }

    public required PublishedNumber LabelFree { get; init; }

    public required PublishedNumber Labelled { get; init; }

    public required PublishedNumber Audited { get; init; }

    public required PublishedNumber Combined { get; init; }

    public required long Predictions { get; init; }

    public required long Labels { get; init; }

    public required bool MonitorValid { get; init; }

    public required string MonitorVersion { get; init; }

    public required AlarmState AccuracyAlarm { get; init; }

    public required AlarmState ValidityAlarm { get; init; }

    /// <summary>The stream has lasted a whole window.</summary>
    public required bool IsFull { get; init; }
}
