using System.Runtime.InteropServices;

namespace AccuracyMonitor.Training.Stress;

/// <summary>The classes of the two largest probabilities; of equal ones the smaller class comes first.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TopTwo(int First, int Second)
{
    /// <param name="probabilities">At least 2.</param>
    public static TopTwo Of(ReadOnlySpan<float> probabilities)
    {
        var (first, second) = probabilities[1] > probabilities[0] ? (1, 0) : (0, 1);
        for (var k = 2; k < probabilities.Length; k++)
        {
            if (probabilities[k] > probabilities[first])
            {
                (first, second) = (k, first);
            }
            else if (probabilities[k] > probabilities[second])
            {
                second = k;
            }
        }

        return new TopTwo(first, second);
    }
}
