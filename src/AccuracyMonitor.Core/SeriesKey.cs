namespace AccuracyMonitor.Core;

/// <summary>
/// Key of a series of estimates. Without a segment and a predicted class it is all traffic of the model version. A series is restricted by
/// at most one of the two.
/// </summary>
public readonly record struct SeriesKey(string Model, string Version, string Segment)
{
    /// <summary>Represents all predicted classes beyond the cap.</summary>
    public const int OtherClasses = -1;

    /// <summary>0…K−1, or <see cref="OtherClasses"/>; null: any predicted class.</summary>
    public int? PredictedClass { get; init; }

    public ModelKey ModelKey => new(Model, Version);

    /// <summary>True if the series is restricted to a segment or a predicted class.</summary>
    public bool IsSubgroup => Segment.Length > 0 || PredictedClass is not null;

    /// <summary>The predicted class as text: its number, <c>other</c>, or empty.</summary>
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
