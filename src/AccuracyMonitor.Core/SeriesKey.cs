namespace AccuracyMonitor.Core;

/// <summary>
/// What an estimate is kept for. An empty segment and no predicted class is the whole traffic of the model version; one series is cut by one of
/// the two at most.
/// </summary>
public readonly record struct SeriesKey(string Model, string Version, string Segment)
{
    /// <summary>Stands for the predicted classes beyond the cap.</summary>
    public const int OtherClasses = -1;

    /// <summary>0…K−1, or <see cref="OtherClasses"/>; null: whatever was predicted.</summary>
    public int? PredictedClass { get; init; }

    public ModelKey ModelKey => new(Model, Version);

    /// <summary>A segment or a predicted class, and not the whole.</summary>
    public bool IsSubgroup => Segment.Length > 0 || PredictedClass is not null;

    /// <summary>The predicted class as text: its number, <c>other</c>, or nothing.</summary>
    public string ClassName => PredictedClass switch
    {
        null => "",
        OtherClasses => "other",
        { } number => $"{number}",
    };

    public override string ToString() => PredictedClass is not null ? $"{Model}:{Version}/class {ClassName}"
        : Segment.Length == 0 ? $"{Model}:{Version}"
        : $"{Model}:{Version}/{Segment}";
}
