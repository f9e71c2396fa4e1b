using System.Runtime.InteropServices;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>A row of <c>label_requests</c> as Dapper fills it: SQLite's own types, so that no conversion depends on the first row seen.</summary>
internal class RequestRow
{
    /// <summary>The columns for <c>SELECT … FROM label_requests r</c>.</summary>
    public const string Columns =
        """
        r.id AS Id, r.model AS Model, r.version AS Version, r.segment AS Segment, r.prediction_id AS PredictionId,
        r.prediction_time AS PredictionTime, r.predicted_class AS PredictedClass, r.class_count AS ClassCount, r.score AS Score,
        r.monitor_logit AS MonitorLogit, r.disagreement AS Disagreement, r.inclusion_probability AS InclusionProbability,
        r.policy AS Policy, r.monitor_version AS MonitorVersion, r.created_at AS CreatedAt, r.expires_at AS ExpiresAt, r.state AS State,
        r.attempts AS Attempts, r.lease_id AS LeaseId, r.lease_expires AS LeaseExpires, r.label AS Label,
        r.label_sequence AS LabelSequence, r.labelled_at AS LabelledAt, r.skip_reason AS SkipReason,
        r.uniform_sample AS UniformSample, r.input_reference AS InputReference
        """;

    /// <summary>For <c>SELECT … FROM label_requests r JOIN request_vectors v ON v.request_id = r.id</c>.</summary>
    public const string ColumnsWithVector = Columns + ", v.probabilities AS Probabilities";

    public long Id { get; set; }

    public string Model { get; set; } = "";

    public string Version { get; set; } = "";

    public string Segment { get; set; } = "";

    public string PredictionId { get; set; } = "";

    public long PredictionTime { get; set; }

    public long PredictedClass { get; set; }

    public long ClassCount { get; set; }

    public double Score { get; set; }

    public double MonitorLogit { get; set; }

    public double Disagreement { get; set; }

    public double InclusionProbability { get; set; }

    public long Policy { get; set; }

    public string MonitorVersion { get; set; } = "";

    public long CreatedAt { get; set; }

    public long ExpiresAt { get; set; }

    public long State { get; set; }

    public long Attempts { get; set; }

    public string? LeaseId { get; set; }

    public long? LeaseExpires { get; set; }

    public long? Label { get; set; }

    public long? LabelSequence { get; set; }

    public long? LabelledAt { get; set; }

    public string? SkipReason { get; set; }

    public long UniformSample { get; set; }

    public string? InputReference { get; set; }

    public byte[]? Probabilities { get; set; }

    public RequestState RequestState => (RequestState)State;

    public RequestSummary Summary() => new()
    {
        Series = new SeriesKey(Model, Version, Segment),
        PredictionId = PredictionId,
        PredictionTime = StoredTime.Read(PredictionTime),
        PredictedClass = (int)PredictedClass,
        ClassCount = (int)ClassCount,
        Score = Score,
        MonitorLogit = MonitorLogit,
        Disagreement = Disagreement,
        InclusionProbability = InclusionProbability,
        Policy = (SamplingPolicy)Policy,
        MonitorVersion = MonitorVersion,
        CreatedAt = StoredTime.Read(CreatedAt),
        ExpiresAt = StoredTime.Read(ExpiresAt),
        State = RequestState,
        Attempts = (int)Attempts,
        Label = (int?)Label,
        LabelSequence = LabelSequence ?? 0,
        LabelledAt = LabelledAt is { } at ? StoredTime.Read(at) : null,
        SkipReason = SkipReason,
        UniformSample = UniformSample != 0,
        InputReference = InputReference ?? "",
    };

    public LabelRequest Request() => new()
    {
        Series = new SeriesKey(Model, Version, Segment),
        PredictionId = PredictionId,
        PredictionTime = StoredTime.Read(PredictionTime),
        PredictedClass = (int)PredictedClass,
        Probabilities = MemoryMarshal.Cast<byte, float>(Probabilities).ToArray(),
        Score = Score,
        MonitorLogit = MonitorLogit,
        Disagreement = Disagreement,
        InclusionProbability = InclusionProbability,
        Policy = (SamplingPolicy)Policy,
        MonitorVersion = MonitorVersion,
        CreatedAt = StoredTime.Read(CreatedAt),
        ExpiresAt = StoredTime.Read(ExpiresAt),
        UniformSample = UniformSample != 0,
        InputReference = InputReference ?? "",
    };
}
