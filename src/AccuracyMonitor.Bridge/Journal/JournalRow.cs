using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.Journal;

/// <summary>A row of the table items. Times are UTC ticks.</summary>
internal sealed class JournalRow
{
    public const string Columns =
        """
        id AS Id, model AS Model, version AS Version, prediction_id AS PredictionId, state AS State, lease_id AS LeaseId, lease_expires AS LeaseExpires,
        request_expires AS RequestExpires, input AS Input, posted_at AS PostedAt, task_id AS TaskId, applied AS Applied, applied_class AS AppliedClass,
        changed_at AS ChangedAt
        """;

    public long Id { get; set; }

    public string Model { get; set; } = "";

    public string Version { get; set; } = "";

    public string PredictionId { get; set; } = "";

    public long State { get; set; }

    public string? LeaseId { get; set; }

    public long? LeaseExpires { get; set; }

    public long RequestExpires { get; set; }

    public string Input { get; set; } = "";

    public long? PostedAt { get; set; }

    public string? TaskId { get; set; }

    public long Applied { get; set; }

    public long AppliedClass { get; set; }

    public long ChangedAt { get; set; }

    public static JournalRow Of(JournalItem item) => new()
    {
        Id = item.Id,
        Model = item.Key.Model,
        Version = item.Key.Version,
        PredictionId = item.Key.PredictionId,
        State = (long)item.State,
        LeaseId = item.LeaseId,
        LeaseExpires = item.LeaseExpires?.UtcTicks,
        RequestExpires = item.RequestExpires.UtcTicks,
        Input = item.Input,
        PostedAt = item.PostedAt?.UtcTicks,
        TaskId = item.TaskId,
        Applied = (long)item.Applied.Kind,
        AppliedClass = item.Applied.Class,
        ChangedAt = item.ChangedAt.UtcTicks,
    };

    public JournalItem Item() => new()
    {
        Id = Id,
        Key = new PredictionKey(Model, Version, PredictionId),
        State = (ItemState)State,
        LeaseId = LeaseId,
        LeaseExpires = Time(LeaseExpires),
        RequestExpires = new DateTimeOffset(RequestExpires, TimeSpan.Zero),
        Input = Input,
        PostedAt = Time(PostedAt),
        TaskId = TaskId,
        Applied = new Applied((AppliedKind)Applied, (int)AppliedClass),
        ChangedAt = new DateTimeOffset(ChangedAt, TimeSpan.Zero),
    };

    private static DateTimeOffset? Time(long? ticks) => ticks is { } t ? new DateTimeOffset(t, TimeSpan.Zero) : null;
}
