namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>Why an answer could not be read as predictions. Counted under <see cref="CaptureFailures.Reason"/>, never guessed around.</summary>
internal enum CaptureFailure
{
    /// <summary>It could.</summary>
    None,

    /// <summary>The output lies in shared memory; the answer holds only its address.</summary>
    SharedMemory,

    /// <summary>Triton's classification extension: the top k as text, not the whole vector.</summary>
    Classification,

    /// <summary>The output named by the rule is not in the answer; without a rule, no output looks like class probabilities.</summary>
    OutputMissing,

    /// <summary>Several outputs could be it and no rule names one.</summary>
    AmbiguousOutput,

    /// <summary>The output is not FP16, BF16, FP32 or FP64.</summary>
    UnsupportedDatatype,

    /// <summary>The shape is not [N, K] with K at least 2, or does not fit the data.</summary>
    BadShape,

    /// <summary>
    /// The only floating-point output is [N] or [N, 1]. A rule with <c>sigmoid</c> reads it where it is the probability of the second of two classes.
    /// </summary>
    SingleColumn,

    /// <summary>Several floating-point outputs of [N, 1], as one for each class: the model has to give them as one output.</summary>
    OutputPerClass,

    /// <summary>Only whole numbers, which name the class without its probability.</summary>
    ClassOnly,

    /// <summary>Larger than what is copied of one answer, packed or unpacked.</summary>
    TooLarge,

    /// <summary>The call failed: HTTP status other than 200, a grpc-status other than 0, an error in a stream or in the body.</summary>
    FailedCall,

    /// <summary>Not a well-formed answer of the protocol.</summary>
    Undecodable,

    /// <summary>Compressed in a way that is not read here.</summary>
    UnsupportedEncoding,

    /// <summary>Declared probabilities, yet no row sums to 1; or declared logits, yet every row does.</summary>
    FormMismatch,

    /// <summary>The answer does not say which model gave it.</summary>
    ModelMissing,

    /// <summary>No output at all, such as the last message of a decoupled model, or one without rows.</summary>
    EmptyAnswer,

    /// <summary>An id that was counted before: a retry, or a caller that uses one id for many calls.</summary>
    DuplicateId,

    /// <summary>No room to copy the answer, or none to keep it until it is read.</summary>
    QueueFull,

    /// <summary>A call for predictions in another protocol than the one that is read here.</summary>
    OtherProtocol,

    /// <summary>The model's name or version has more than 128 characters, or a row's id would have.</summary>
    NameTooLong,

    /// <summary>A defect of ours; the log has the exception.</summary>
    DecoderFailed,
}

internal static class CaptureFailures
{
    /// <summary>The value of the metric's label <c>reason</c>.</summary>
    public static string Reason(this CaptureFailure failure) => failure switch
    {
        CaptureFailure.SharedMemory => "shared_memory",
        CaptureFailure.Classification => "classification",
        CaptureFailure.OutputMissing => "output_missing",
        CaptureFailure.AmbiguousOutput => "ambiguous_output",
        CaptureFailure.UnsupportedDatatype => "unsupported_datatype",
        CaptureFailure.BadShape => "bad_shape",
        CaptureFailure.SingleColumn => "single_column",
        CaptureFailure.OutputPerClass => "output_per_class",
        CaptureFailure.ClassOnly => "class_only",
        CaptureFailure.TooLarge => "too_large",
        CaptureFailure.FailedCall => "failed_call",
        CaptureFailure.Undecodable => "undecodable",
        CaptureFailure.UnsupportedEncoding => "unsupported_encoding",
        CaptureFailure.FormMismatch => "form_mismatch",
        CaptureFailure.ModelMissing => "model_missing",
        CaptureFailure.EmptyAnswer => "empty_answer",
        CaptureFailure.DuplicateId => "duplicate_id",
        CaptureFailure.QueueFull => "queue_full",
        CaptureFailure.OtherProtocol => "other_protocol",
        CaptureFailure.NameTooLong => "name_too_long",
        CaptureFailure.DecoderFailed => "decoder_failed",
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "There is no reason where nothing was missed."),
    };
}
