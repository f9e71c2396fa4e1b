namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>Why an answer could not be read as predictions. Counted under <see cref="BlindSpots.Reason"/>, never guessed around.</summary>
internal enum BlindSpot
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

    /// <summary>Larger than what is copied of one answer, packed or unpacked.</summary>
    TooLarge,

    /// <summary>The call failed: HTTP status other than 200, a grpc-status other than 0, an error in a stream.</summary>
    FailedCall,

    /// <summary>Not a well-formed answer of the protocol.</summary>
    Undecodable,

    /// <summary>Compressed in a way that is not read here.</summary>
    UnsupportedEncoding,

    /// <summary>Declared probabilities, yet no row sums to 1; or declared logits, yet every row does.</summary>
    FormMismatch,

    /// <summary>The answer does not say which model gave it.</summary>
    ModelMissing,

    /// <summary>No output at all, such as the last message of a decoupled model.</summary>
    EmptyAnswer,

    /// <summary>An id that was counted before: a retry, or a caller that uses one id for many calls.</summary>
    DuplicateId,

    /// <summary>No room to copy the answer, or none to keep it until it is read.</summary>
    QueueFull,

    /// <summary>A call for predictions in another protocol than the one that is read here.</summary>
    OtherProtocol,

    /// <summary>A defect of ours; the log has the exception.</summary>
    DecoderFailed,
}

internal static class BlindSpots
{
    /// <summary>The value of the metric's label <c>reason</c>.</summary>
    public static string Reason(this BlindSpot spot) => spot switch
    {
        BlindSpot.SharedMemory => "shared_memory",
        BlindSpot.Classification => "classification",
        BlindSpot.OutputMissing => "output_missing",
        BlindSpot.AmbiguousOutput => "ambiguous_output",
        BlindSpot.UnsupportedDatatype => "unsupported_datatype",
        BlindSpot.BadShape => "bad_shape",
        BlindSpot.TooLarge => "too_large",
        BlindSpot.FailedCall => "failed_call",
        BlindSpot.Undecodable => "undecodable",
        BlindSpot.UnsupportedEncoding => "unsupported_encoding",
        BlindSpot.FormMismatch => "form_mismatch",
        BlindSpot.ModelMissing => "model_missing",
        BlindSpot.EmptyAnswer => "empty_answer",
        BlindSpot.DuplicateId => "duplicate_id",
        BlindSpot.QueueFull => "queue_full",
        BlindSpot.OtherProtocol => "other_protocol",
        BlindSpot.DecoderFailed => "decoder_failed",
        _ => throw new ArgumentOutOfRangeException(nameof(spot), spot, "There is no reason where nothing was missed."),
    };
}
