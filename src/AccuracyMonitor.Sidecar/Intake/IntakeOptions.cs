using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Capture;
using AccuracyMonitor.Sidecar.Models;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>What is taken in, and how much of it may wait.</summary>
internal sealed class IntakeOptions
{
    public const string Section = "Intake";

    /// <summary>Largest K, 2–10,000. Default 10,000.</summary>
    [Range(2, 10_000)]
    public int MaxClasses { get; set; } = 10_000;

    /// <summary>Most rows in one batch, 1–65,536. Default 4,096.</summary>
    [Range(1, 65_536)]
    public int MaxBatchRows { get; set; } = 4096;

    /// <summary>
    /// Floats that may wait for scoring, over all callers, ids and times of rows counted by their size; beyond it batches are refused
    /// (RESOURCE_EXHAUSTED). Default 16,777,216 (64 MiB).
    /// </summary>
    [Range(1024, 1L << 30)]
    public long MaxQueuedValues { get; set; } = 16L << 20;

    /// <summary>Models that may report; empty: any, up to <see cref="MaxModels"/>.</summary>
    public string[] AllowedModels { get; set; } = [];

    /// <summary>
    /// Number of classes by model, <c>MODEL=K</c> or <c>MODEL:VERSION=K</c>, 2–10,000. Batches of it with another number are refused. Without an entry the
    /// first batch of a version says how many classes it has, for as long as the version is in use; of a model that a grant names (Access:Grants), the first of
    /// a caller whom it names. Default none.
    /// </summary>
    public string[] ClassCounts { get; set; } = [];

    /// <summary>Most (model, version) pairs. Default 64.</summary>
    [Range(1, 10_000)]
    public int MaxModels { get; set; } = 64;

    /// <summary>
    /// When <see cref="MaxModels"/> or Memory:StateBytes is nearly used up, a version that has had no prediction for this long makes room for others. When it
    /// is seen again, its windows are read back from the store. 10 s–7 d. Default 5 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:10", "7.00:00:00")]
    public TimeSpan EvictAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Declared segments; others go to the segment "overflow". Empty: the first <see cref="MaxSegments"/> seen.</summary>
    public string[] Segments { get; set; } = [];

    /// <summary>Most segments of one model version; further ones go to the segment "overflow". Default 32.</summary>
    [Range(0, 10_000)]
    public int MaxSegments { get; set; } = 32;

    /// <summary>A prediction's time may be ahead of the sidecar's clock by this much. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxClockSkew { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Predictions remembered per model version so that a retry is not counted twice, 1,024–16,777,216; fewer where those of <see cref="MaxModels"/>
    /// versions would take more than a half of Memory:StateBytes. Default 131,072.
    /// </summary>
    [Range(1024, 1 << 24)]
    public int RememberedIds { get; set; } = 1 << 17;

    /// <summary>
    /// Which encoding clients are told to use. Auto: the ten largest probabilities where nothing reads more (a monitor with a sorted encoding, or
    /// none, and no recalibration head now or to come: <c>Adaptation:RecalibrateEvery</c> 0); else half precision from 64 classes on, full precision below.
    /// Every encoding is always accepted. Default Auto.
    /// </summary>
    [EnumDataType(typeof(EncodingChoice))]
    public EncodingChoice Encoding { get; set; } = EncodingChoice.Auto;

    /// <summary>Batches of one Observe stream in work at a time. Default 8.</summary>
    [Range(1, 256)]
    public int MaxStreamInFlight { get; set; } = 8;

    public CaptureOptions ToCapture() => new(MaxBatchRows);

    public ModelLimits ToLimits() => new()
    {
        Models = MaxModels,
        EvictAfter = EvictAfter,
        Segments = MaxSegments,
        DeclaredSegments = Segments,
        RememberedIds = RememberedIds,
        ClassCounts = DeclaredClassCounts.Parse(ClassCounts),
    };
}

internal enum EncodingChoice
{
    Auto,
    Float32,
    Float16,
    Top,
}

[OptionsValidator]
internal sealed partial class IntakeOptionsValidator : IValidateOptions<IntakeOptions>;
