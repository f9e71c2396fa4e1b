using AccuracyMonitor.Protocol;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AccuracyMonitor.Client.OnnxRuntime;

/// <summary>Holds the rows of one input, bounded in bytes and age, and attaches those whose labels are asked for as NumPy arrays.</summary>
internal sealed class InputAttacher : IDisposable
{
    // What a held row takes beside its values, about.
    private const int Overhead = 256;

    // The client gives up on an answer after MonitorClientOptions.ResponseTimeout, 10 s by default; a row held longer can hardly be asked for any more.
    private static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(15);

    private readonly KeepRing<HeldRow> _held;
    private readonly IDisposable _attaching;

    public InputAttacher(MonitorClient client, int heldBytes)
    {
        _held = new KeepRing<HeldRow>(int.MaxValue, HeldFor, time: null, static row => row.Bytes.Length + Overhead, heldBytes);
        _attaching = client.AttachFrom(_held, NpyFormat.ContentType, static row => NpyFormat.Write(row.Type, row.Shape, row.Bytes));
    }

    /// <summary>A row of a type that NumPy does not have, or too large to hold, is not held.</summary>
    public void Hold(string id, TensorView input, int row)
    {
        if (TypeName(input.Type) is { } type)
        {
            _held.Hold(id, new HeldRow(type, input.RowShape(), input.Row(row).ToArray()));
        }
    }

    public void Dispose() => _attaching.Dispose();

    private static string? TypeName(TensorElementType type) => type switch
    {
        TensorElementType.Float => "<f4",
        TensorElementType.Float16 => "<f2",
        TensorElementType.Double => "<f8",
        TensorElementType.UInt8 => "|u1",
        TensorElementType.Int8 => "|i1",
        TensorElementType.Int32 => "<i4",
        TensorElementType.Int64 => "<i8",
        TensorElementType.Bool => "|b1",
        _ => null,
    };

    private sealed record HeldRow(string Type, long[] Shape, byte[] Bytes);
}
