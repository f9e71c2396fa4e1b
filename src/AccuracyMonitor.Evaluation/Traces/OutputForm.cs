using AccuracyMonitor.Core;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>What the numbers of a row are.</summary>
internal enum OutputForm
{
    /// <summary>K probabilities.</summary>
    Softmax,

    /// <summary>K numbers whose softmax are the probabilities.</summary>
    Logits,

    /// <summary>K natural logarithms of probabilities.</summary>
    Log,

    /// <summary>One probability, of the second of two classes.</summary>
    Sigmoid,
}

/// <summary>Turns a row of any form into probabilities.</summary>
internal static class OutputForms
{
    public static string Describe(OutputForm form, bool single) => (form, single) switch
    {
        (OutputForm.Logits, true) => "one logit, of class 1 of two",
        (OutputForm.Log, true) => "one log-probability, of class 1 of two",
        (_, true) => "one probability, of class 1 of two",
        (OutputForm.Logits, _) => "logits",
        (OutputForm.Log, _) => "log-probabilities",
        _ => "softmax",
    };

    /// <param name="row">One number of two classes, or K.</param>
    public static float[] ToSoftmax(OutputForm form, float[] row, bool single)
    {
        if (single)
        {
            var p = form switch { OutputForm.Logits => Logistic.Sigmoid(row[0]), OutputForm.Log => Math.Exp(row[0]), _ => row[0] };
            return [(float)(1 - p), (float)p];
        }

        switch (form)
        {
            case OutputForm.Logits:
                SoftmaxOf(row);
                break;
            case OutputForm.Log:
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] = (float)Math.Exp(row[i]);
                }

                break;
        }

        return row;
    }

    /// <summary>What another form of the row would be a softmax vector; for an error that says which option helps.</summary>
    public static string Hint(ReadOnlySpan<float> row)
    {
        var (outside, negative, sum, exponentials) = (false, true, 0.0, 0.0);
        foreach (var value in row)
        {
            outside |= value is < 0 or > 1.05f;
            negative &= value <= 0;
            sum += value;
            exponentials += Math.Exp(value);
        }

        return !outside || !double.IsFinite(sum) ? ""
            : negative && Math.Abs(exponentials - 1) < 0.02 ? " (log-probabilities? --form log)"
            : sum is > 99 and < 101 && !negative && row.IndexOfAnyExceptInRange(0f, 100f) < 0 ? " (percentages? divide them by 100)"
            : " (logits? --form logits)";
    }

    private static void SoftmaxOf(float[] row)
    {
        var largest = row.Max();
        var sum = row.Sum(v => Math.Exp((double)v - largest));
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = (float)(Math.Exp((double)row[i] - largest) / sum);
        }
    }
}
