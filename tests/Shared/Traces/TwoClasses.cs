namespace AccuracyMonitor.Tests.Traces;

/// <summary>A trace of two classes whose outputs are right as often as they say, times the condition's share: below 1 they are too sure.</summary>
internal static class TwoClasses
{
    public static NpzWriter Of(int rows, int seed, params ReadOnlySpan<(string Condition, float Share)> conditions)
    {
        var npz = new NpzWriter();
        var random = new Random(seed);
        foreach (var (condition, share) in conditions)
        {
            var (probabilities, labels) = (new float[2 * rows], new ushort[rows]);
            for (var i = 0; i < rows; i++)
            {
                var p = 0.5f + (random.NextSingle() / 2);
                (probabilities[2 * i], probabilities[(2 * i) + 1]) = (p, 1 - p);
                labels[i] = random.NextSingle() < share * p ? (ushort)0 : (ushort)1;
            }

            npz.Add($"{condition}__probs", "<f4", $"{rows}, 2", probabilities).Add($"{condition}__labels", "<u2", $"{rows},", labels);
        }

        return npz;
    }
}
