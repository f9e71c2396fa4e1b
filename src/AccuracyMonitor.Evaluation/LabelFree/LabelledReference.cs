using System.Numerics.Tensors;
using AccuracyMonitor.Core;

namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>A reference set with what every method derives from it: the predicted class, its probability, and whether it was
/// right.</summary>
internal sealed class LabelledReference
{
    /// <exception cref="ArgumentException">No row, lengths that do not go together, a label outside 0…K−1, or no probabilities.</exception>
    public LabelledReference(ReferenceSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        WindowCheck.Rows(set.Probabilities, set.ClassCount, nameof(set));
        if (set.Count == 0 || set.Probabilities.Length != (long)set.Count * set.ClassCount)
        {
            throw new ArgumentException(
                $"{set.Probabilities.Length} probabilities for {set.Count} labels and {set.ClassCount} classes; expected at least one row.",
                nameof(set));
        }

        Set = set;
        (Predicted, Confidence, Correct) = (new int[set.Count], new float[set.Count], new bool[set.Count]);
        var right = 0;
        for (var i = 0; i < set.Count; i++)
        {
            if ((uint)set.Labels[i] >= (uint)set.ClassCount)
            {
                throw new ArgumentException($"Row {i}: label {set.Labels[i]} is outside 0…{set.ClassCount - 1}.", nameof(set));
            }

            Predicted[i] = TensorPrimitives.IndexOfMax(set.Row(i));
            Confidence[i] = set.Row(i)[Predicted[i]];
            Correct[i] = Predicted[i] == set.Labels[i];
            right += Correct[i] ? 1 : 0;
        }

        Errors = set.Count - right;
        Accuracy = (double)right / set.Count;
        Outputs = new SoftmaxOutputs(set.Probabilities, set.ClassCount);
    }

    public ReferenceSet Set { get; }

    /// <summary>The set without its labels.</summary>
    public SoftmaxOutputs Outputs { get; }

    public int Count => Set.Count;

    public int ClassCount => Set.ClassCount;

    /// <summary>argmax of each row, the first of equal ones.</summary>
    public int[] Predicted { get; }

    /// <summary>The largest probability of each row.</summary>
    public float[] Confidence { get; }

    public bool[] Correct { get; }

    public int Errors { get; }

    public double Accuracy { get; }

    /// <summary>Fitted by the first method that needs it. Methods are fitted one after another.</summary>
    public Temperature Temperature => field ??= Temperature.Fit(this);
}
