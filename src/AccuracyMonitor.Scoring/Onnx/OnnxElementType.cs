#pragma warning disable CA1720 // ONNX's own words.
namespace AccuracyMonitor.Scoring.Onnx;

/// <summary>Element types, numbered as in ONNX's TensorProto.DataType.</summary>
public enum OnnxElementType
{
    Float = 1,
    Int64 = 7,
}
