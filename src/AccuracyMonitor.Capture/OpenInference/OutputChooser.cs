using System.Globalization;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>Finds the output that holds the classes, and reads its shape as [N, K].</summary>
internal static class OutputChooser
{
    /// <param name="outputs">Of one answer.</param>
    /// <param name="name">The output's name; empty: the only one that is floating-point and [N, K].</param>
    /// <param name="chosen">Set when the result is <see cref="CaptureFailure.None"/>.</param>
    public static CaptureFailure Choose(IReadOnlyList<OutputTensor> outputs, string name, out OutputTensor? chosen)
    {
        chosen = null;
        if (outputs.Count == 0)
        {
            return CaptureFailure.EmptyAnswer;
        }

        if (name.Length > 0)
        {
            chosen = outputs.FirstOrDefault(o => string.Equals(o.Name, name, StringComparison.Ordinal));
            return chosen is null ? CaptureFailure.OutputMissing : Unreadable(chosen);
        }

        foreach (var output in outputs)
        {
            if (output.IsFloatingPoint && TryShape(output.Shape, allowOneRow: false, out _, out _))
            {
                if (chosen is not null)
                {
                    return CaptureFailure.AmbiguousOutput;
                }

                chosen = output;
            }
        }

        return chosen is null ? Explain(outputs) : Unreadable(chosen);
    }

    /// <summary>[N, K], also with trailing dimensions of 1.</summary>
    /// <param name="shape">As in the answer.</param>
    /// <param name="allowOneRow">[K] is one row. Only where the model's metadata says so: else N values of a sigmoid or a regression read as N classes.</param>
    /// <param name="rows">N, at least 1.</param>
    /// <param name="classes">K, at least 2.</param>
    public static bool TryShape(IReadOnlyList<long> shape, bool allowOneRow, out long rows, out long classes)
    {
        var rank = shape.Count;
        while (rank > 2 && shape[rank - 1] == 1)
        {
            rank--;
        }

        (rows, classes) = rank switch
        {
            2 => (shape[0], shape[1]),
            1 when allowOneRow => (1, shape[0]),
            _ => (0, 0),
        };
        return rows is >= 1 and <= int.MaxValue && classes is >= 2 and <= int.MaxValue;
    }

    /// <summary>[N] or [N, 1], also with further dimensions of 1.</summary>
    public static bool IsColumn(IReadOnlyList<long> shape, out long rows)
    {
        rows = shape.Count > 0 ? shape[0] : 0;
        return rows is >= 1 and <= int.MaxValue && shape.Skip(1).All(size => size == 1);
    }

    /// <summary>[0, K]: an answer to no rows.</summary>
    public static bool HasNoRows(IReadOnlyList<long> shape) => shape is [0, ..];

    private static CaptureFailure Unreadable(OutputTensor output)
    {
        if (output.InSharedMemory)
        {
            return CaptureFailure.SharedMemory;
        }

        return output.IsFloatingPoint ? CaptureFailure.None
            : IsClassification(output) ? CaptureFailure.Classification
            : output.IsWholeNumbers ? CaptureFailure.ClassOnly
            : CaptureFailure.UnsupportedDatatype;
    }

    /// <summary>The reason that all outputs share for not being it; <see cref="CaptureFailure.OutputMissing"/> if they differ.</summary>
    private static CaptureFailure Explain(IReadOnlyList<OutputTensor> outputs)
    {
        var reasons = outputs.Select(o => Unreadable(o) is not CaptureFailure.None and var failure ? failure : OfShape(o.Shape)).Distinct().Take(2).ToList();
        return reasons switch
        {
            [CaptureFailure.SingleColumn] when outputs.Count > 1 => CaptureFailure.OutputPerClass,
            [var reason] => reason,
            _ => CaptureFailure.OutputMissing,
        };
    }

    private static CaptureFailure OfShape(IReadOnlyList<long> shape) =>
        HasNoRows(shape) ? CaptureFailure.EmptyAnswer : IsColumn(shape, out _) ? CaptureFailure.SingleColumn : CaptureFailure.BadShape;

    /// <summary>Text of the form value:index or value:index:label.</summary>
    private static bool IsClassification(OutputTensor output) =>
        output.FirstText?.Split(':') is [var value, var index, ..]
        && float.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
