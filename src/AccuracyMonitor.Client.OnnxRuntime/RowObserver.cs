using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AccuracyMonitor.Client.OnnxRuntime;

/// <summary>Hands the rows of one output to the client, and the rows of the input that gave them to the keep ring.</summary>
internal sealed class RowObserver(MonitorClient client, KeepRing<byte[]>? held)
{
    /// <summary>Attaches inputs; null: nobody does.</summary>
    public InputAttacher? Attacher { get; set; }

    /// <summary>Held first: the sidecar may ask for the label at once. An input whose rows are not the output's is not held.</summary>
    public void Observe(TensorView output, TensorView input, Observation observation)
    {
        if (output.Rank != 2)
        {
            Unreadable(output.Rows);
            return;
        }

        var named = observation.Named();
        switch (output.Type)
        {
            case TensorElementType.Float:
                Rows(MemoryMarshal.Cast<byte, float>(output.Bytes), output.Rows, input, named);
                break;
            case TensorElementType.Float16:
                Converted(MemoryMarshal.Cast<byte, Half>(output.Bytes), output.Rows, input, named);
                break;
            case TensorElementType.Double:
                Converted(MemoryMarshal.Cast<byte, double>(output.Bytes), output.Rows, input, named);
                break;
            default:
                Unreadable(output.Rows);
                break;
        }
    }

    /// <summary>Counts what could not be read; a run whose rows nobody knows is one.</summary>
    public void Unreadable(int rows = 0) => client.CountUnreadable(Math.Max(1, rows));

    private void Converted<T>(ReadOnlySpan<T> values, int rows, TensorView input, Observation observation)
        where T : struct, INumberBase<T>
    {
        var singles = ArrayPool<float>.Shared.Rent(values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            singles[i] = float.CreateTruncating(values[i]);
        }

        Rows(singles.AsSpan(0, values.Length), rows, input, observation);
        ArrayPool<float>.Shared.Return(singles);
    }

    private void Rows(ReadOnlySpan<float> values, int rows, TensorView input, Observation observation)
    {
        if (values.Length != rows * client.ClassCount)
        {
            Unreadable(rows);
            return;
        }

        for (var row = 0; row < rows; row++)
        {
            var id = observation.IdOf(row);
            if (input.Rows == rows)
            {
                held?.Hold(id, input.Row(row).ToArray());
                Attacher?.Hold(id, input, row);
            }

            client.Observe(values.Slice(row * client.ClassCount, client.ClassCount), id, observation.Time);
        }
    }
}
