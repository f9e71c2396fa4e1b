using System.Numerics.Tensors;
using AccuracyMonitor.Capture;
using AccuracyMonitor.Protocol;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>Checks the values of a row and makes them probabilities that sum to 1.</summary>
internal static class RowValues
{
    /// <param name="row">Of a top-k row its largest probabilities. Changed in place.</param>
    /// <param name="tailMass">Of a top-k row the mass of all other classes, else 0. Changed in place.</param>
    /// <param name="form">What the values are.</param>
    /// <returns>Null, or what is wrong with them.</returns>
    public static RowFault? Normalise(Span<float> row, ref float tailMass, ValueForm form)
    {
        // A sum over the row is finite only if every entry is: one pass for the good case.
        var sum = SoftmaxRow.Sum(row) + tailMass;
        if (!double.IsFinite(sum) && IndexOfNotFinite(row) is >= 0 and var bad)
        {
            return new RowFault(RowFaultKind.NotFinite, $"value {bad} is {row[bad]}; every value must be finite.");
        }

        if (!float.IsFinite(tailMass))
        {
            return new RowFault(RowFaultKind.NotFinite, $"the rest is {tailMass}; it must be finite.");
        }

        if (form == ValueForm.Logits)
        {
            // SoftMax does not subtract the largest value itself: exp overflows from 89 on, and the result is NaN.
            TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
            TensorPrimitives.SoftMax<float>(row, row);
            return null;
        }

        if (TensorPrimitives.Min<float>(row) < 0)
        {
            var least = TensorPrimitives.IndexOfMin<float>(row);
            return new RowFault(
                RowFaultKind.Negative, $"value {least} is {row[least]}; a probability must be at least 0 (declare form = LOGITS for logits).");
        }

        if (tailMass < 0)
        {
            return new RowFault(RowFaultKind.Negative, $"the rest is {tailMass}; it must be at least 0.");
        }

        if (!SoftmaxRow.SumsToOne(sum))
        {
            return new RowFault(
                RowFaultKind.SumOutOfTolerance,
                $"the row sums to {(float)sum}; it must sum to 1 ± {SoftmaxRow.SumTolerance} (declare form = LOGITS for logits).");
        }

        TensorPrimitives.Divide(row, (float)sum, row);
        tailMass /= (float)sum;
        return null;
    }

    private static int IndexOfNotFinite(ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
