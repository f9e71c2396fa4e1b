using AccuracyMonitor.Protocol;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AccuracyMonitor.Client.OnnxRuntime;

/// <summary>Holds the rows of one input, bounded in bytes and age, and attaches those whose labels are asked for as NumPy arrays.</summary>
internal sealed class InputAttacher
{
    // What a held row takes beside its values, about.
    private const int Overhead = 256;

    // The client gives up on an answer after MonitorClientOptions.ResponseTimeout, 10 s by default; a row held longer can hardly be asked for any more.
    private static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(15);

    private readonly MonitorClient _client;
    private readonly int _heldBytes;
    private readonly Lock _gate = new();
    private volatile Ring? _ring;

    public InputAttacher(MonitorClient client, int heldBytes)
    {
        _client = client;
        _heldBytes = heldBytes;
        client.LabelRequested += (_, request) => Attach(request.PredictionId);
    }

    /// <summary>A row of a type that NumPy does not have, or too large to hold, is not held.</summary>
    public void Hold(string id, TensorView input, int row)
    {
        var bytes = input.Row(row);
        if (TypeName(input.Type) is { } type && bytes.Length <= _heldBytes - Overhead)
        {
            RingFor(bytes.Length).Rows.Hold(id, new HeldRow(type, input.RowShape(), bytes.ToArray()));
        }
    }

    private void Attach(string id)
    {
        if (_ring is { } ring && ring.Rows.TryTake(id, out var row))
        {
            _client.AttachInput(id, NpyFormat.ContentType, NpyFormat.Write(row.Type, row.Shape, row.Bytes));
        }
    }

    /// <summary>Its places are as many as rows of its length fit into the bound. A longer row needs another ring, and what was held is let go.</summary>
    private Ring RingFor(int rowBytes)
    {
        if (_ring is { } ring && rowBytes <= ring.RowBytes)
        {
            return ring;
        }

        lock (_gate)
        {
            if (_ring is null || rowBytes > _ring.RowBytes)
            {
                _ring = new Ring(rowBytes, new KeepRing<HeldRow>(_heldBytes / (rowBytes + Overhead), HeldFor));
            }

            return _ring;
        }
    }

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

    private sealed record Ring(int RowBytes, KeepRing<HeldRow> Rows);
}
