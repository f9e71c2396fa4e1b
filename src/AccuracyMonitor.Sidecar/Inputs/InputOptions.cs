using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Capture;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>What the deployed model was given, kept for those who label.</summary>
internal sealed class InputOptions
{
    public const string Section = "Labelling:Inputs";

    /// <summary>Bytes of one input, 1 KiB–16 MiB. Default 1 MiB.</summary>
    [Range(1 << 10, 16 << 20)]
    public int MaxBytes { get; set; } = 1 << 20;

    /// <summary>
    /// Bytes of all inputs together, 1 MiB–1 TiB; never more than a half of Storage:MaxBytes. Inputs of ended requests go when nine tenths are reached;
    /// beyond it inputs are refused, and the predictions have none. Default 256 MiB.
    /// </summary>
    [Range(1L << 20, 1L << 40)]
    public long MaxTotalBytes { get; set; } = 256L << 20;

    /// <summary>An input is deleted at this age, labelled or not. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// An input is deleted when its prediction has had its label for this long (within a minute), so that a label can be taken back and given again.
    /// Default 10 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan KeepAfterLabel { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The tap and the sink hold bodies of requests and attach the inputs of requested predictions. Default on.</summary>
    public bool Capture { get; set; } = true;

    /// <summary>Bytes that the tap, and the sink, hold of such bodies at a time, 1 MiB–64 GiB; of one body a quarter. The oldest goes first. Default
    /// 32 MiB.</summary>
    [Range(1L << 20, 1L << 36)]
    public long CaptureBytes { get; set; } = 32L << 20;

    /// <summary>A body is held this long at most. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan CaptureAge { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How tensors are shown, per model; <c>*</c> is every other model. <c>model=picture</c> with <c>,layout=NHWC</c> (else NCHW), <c>,channels=BGR</c> (else
    /// RGB), <c>,mean=0.5/0.5/0.5</c> and <c>,std=0.5/0.5/0.5</c> that preprocessing took off and divided by, <c>,range=0/255</c> (black and white, else 0/1),
    /// <c>,tensor=name</c>; or <c>model=table</c> with <c>,features=age/income</c>. Default: as numbers.
    /// </summary>
    public string[] Rendering { get; set; } = [];

    public CaptureInputOptions ToCapture() => new(Capture, CaptureBytes, CaptureAge);
}

[OptionsValidator]
internal sealed partial class InputOptionsValidator : IValidateOptions<InputOptions>;
