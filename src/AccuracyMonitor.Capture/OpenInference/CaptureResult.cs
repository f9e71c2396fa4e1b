
namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>The class outputs of one answer, or why there are none: exactly one of the two.</summary>
internal readonly record struct CaptureResult(CapturedOutputs? Outputs, CaptureFailure CaptureFailure)
{
    public static implicit operator CaptureResult(CaptureFailure failure) => new(null, failure);

    public static implicit operator CaptureResult(CapturedOutputs outputs) => new(outputs, CaptureFailure.None);
}

/// <summary>N rows of K class outputs as a model server answered them.</summary>
/// <param name="Model">As the answer says.</param>
/// <param name="Version">As the answer says, or the default.</param>
/// <param name="Id">The answer's own id; empty: it has none.</param>
/// <param name="Classes">K, at least 2.</param>
/// <param name="Form">What the rule declares the values to be.</param>
/// <param name="Values">N·K float32, little-endian, row-major; may be a view of the body that was decoded.</param>
internal sealed record CapturedOutputs(string Model, string Version, string Id, int Classes, ValueForm Form, ReadOnlyMemory<byte> Values)
{
    public int Rows => Values.Length / sizeof(float) / Classes;
}
