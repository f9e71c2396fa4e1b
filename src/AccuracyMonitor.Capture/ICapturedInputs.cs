namespace AccuracyMonitor.Capture;

/// <summary>Takes the inputs of captured predictions whose labels are requested.</summary>
public interface ICapturedInputs
{
    /// <summary>Completes when the input is stored, or its loss is counted.</summary>
    /// <param name="predictionId"><see cref="RequestedRow.Kept"/>.</param>
    Task AttachAsync(string model, string version, string predictionId, string contentType, ReadOnlyMemory<byte> content);

    /// <param name="loss">Why there is no input.</param>
    /// <param name="count">Predictions whose labels are requested.</param>
    void Missing(InputLoss loss, int count);
}

/// <summary>Why a captured prediction has no input.</summary>
public enum InputLoss
{
    /// <summary>The ring gave the body of the request up: for room, or at its age.</summary>
    RingOverrun,

    /// <summary>The body of the request, that unpacked, or the inputs in it take more than a quarter of the ring.</summary>
    TooLarge,

    /// <summary>The body is not read as a request of the protocol, or its rows are not those of the answer.</summary>
    Undecodable,
}
