namespace AccuracyMonitor.Core;

/// <summary>What an estimate is kept for. An empty segment is the whole traffic of the model version.</summary>
public readonly record struct SeriesKey(string Model, string Version, string Segment)
{
    public ModelKey ModelKey => new(Model, Version);

    public override string ToString() => Segment.Length == 0 ? $"{Model}:{Version}" : $"{Model}:{Version}/{Segment}";
}
