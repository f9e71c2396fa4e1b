namespace AccuracyMonitor.Client.OnnxRuntime;

/// <summary>
/// Under which ids, and as of when, the rows of one run are observed. A text converts to one: row n is
/// <c>{text}#{n}</c>. The default makes ids up, which is enough where held inputs are looked up by them.
/// </summary>
public readonly record struct Observation
{
    private readonly string? _id;
    private readonly IReadOnlyList<string>? _ids;

    /// <param name="id">Row n is <c>{id}#{n}</c>, from 0; unique per model version, with the number 1–128 characters.</param>
    public Observation(string id) => _id = id;

    /// <param name="ids">One for each row, 1–128 characters, unique per model version. A row without one is dropped and counted.</param>
    public Observation(IReadOnlyList<string> ids) => _ids = ids;

    /// <summary>When the predictions were made; default now.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>As the constructor with one id.</summary>
    public static implicit operator Observation(string id) => new(id);

    /// <summary>With an id for the run, made up where there is none.</summary>
    internal Observation Named() => _id is null && _ids is null ? new Observation(Guid.NewGuid().ToString("N")) { Time = Time } : this;

    /// <summary>Empty when there is none: the client counts it as invalid.</summary>
    internal string IdOf(int row) => _ids is null ? $"{_id}#{row}" : row < _ids.Count ? _ids[row] : "";
}
