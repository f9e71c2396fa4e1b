namespace AccuracyMonitor.Scoring.Onnx;

/// <summary>One dimension of an input or output: a number, or a name for a size that is not fixed.</summary>
public readonly record struct OnnxDimension(long Size, string? Name)
{
    public static implicit operator OnnxDimension(long size) => FromInt64(size);

    public static implicit operator OnnxDimension(string name) => FromString(name);

    public static OnnxDimension FromInt64(long size) => new(size, null);

    public static OnnxDimension FromString(string name) => new(0, name);
}
