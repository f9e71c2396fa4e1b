using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AccuracyMonitor.Client.OnnxRuntime;

/// <summary>A row-major tensor in this process's memory. The default: none that can be read.</summary>
internal readonly ref struct TensorView
{
    // Of one kind of value or the other; the other is empty.
    private readonly ReadOnlySpan<int> _narrowShape;
    private readonly ReadOnlySpan<long> _wideShape;

    private TensorView(ReadOnlySpan<byte> bytes, TensorElementType type, ReadOnlySpan<int> narrowShape, ReadOnlySpan<long> wideShape)
    {
        Bytes = bytes;
        Type = type;
        _narrowShape = narrowShape;
        _wideShape = wideShape;
        Rank = narrowShape.Length + wideShape.Length;
        Rows = narrowShape is [var rows, ..] ? rows : wideShape is [var many, ..] ? checked((int)many) : 0;
    }

    public ReadOnlySpan<byte> Bytes { get; }

    public TensorElementType Type { get; }

    public int Rank { get; }

    /// <summary>Length of the first dimension; 0 without one.</summary>
    public int Rows { get; }

    public ReadOnlySpan<byte> Row(int row) => Bytes.Slice(row * (Bytes.Length / Rows), Bytes.Length / Rows);

    /// <summary>The dimensions after the first.</summary>
    public long[] RowShape()
    {
        var shape = new long[Math.Max(0, Rank - 1)];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = _narrowShape.Length > 0 ? _narrowShape[i + 1] : _wideShape[i + 1];
        }

        return shape;
    }

    public static TensorView Of(OrtValue? value)
    {
        if (value is not { IsTensor: true })
        {
            return default;
        }

        // ONNX Runtime hands out the address whatever memory it lies in; reading a device's would end the process.
        var memory = value.GetTensorMemoryInfo();
        if (memory.GetDeviceType() != OrtMemoryInfoDeviceType.CPU && memory.GetDeviceMemoryType() != OrtDeviceMemoryType.HOST_ACCESSIBLE)
        {
            return default;
        }

        var info = value.GetTensorTypeAndShape();
        return info.ElementDataType == TensorElementType.String
            ? default
            : new TensorView(value.GetTensorMutableRawData(), info.ElementDataType, default, info.Shape);
    }

    public static TensorView Of(NamedOnnxValue? value) => value?.Value switch
    {
        DenseTensor<float> t => Of(t, TensorElementType.Float),
        DenseTensor<Float16> t => Of(t, TensorElementType.Float16),
        DenseTensor<double> t => Of(t, TensorElementType.Double),
        DenseTensor<byte> t => Of(t, TensorElementType.UInt8),
        DenseTensor<sbyte> t => Of(t, TensorElementType.Int8),
        DenseTensor<int> t => Of(t, TensorElementType.Int32),
        DenseTensor<long> t => Of(t, TensorElementType.Int64),
        _ => default,
    };

    private static TensorView Of<T>(DenseTensor<T> tensor, TensorElementType type)
        where T : struct => tensor.IsReversedStride
            ? default
            : new TensorView(MemoryMarshal.AsBytes(tensor.Buffer.Span), type, tensor.Dimensions, default);
}
