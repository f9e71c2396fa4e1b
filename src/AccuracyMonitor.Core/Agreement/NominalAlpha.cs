using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Core.Agreement;

/// <summary>
/// Krippendorff's α for classes without order: α = 1 − Dₒ/Dₑ (Krippendorff 2011, "Computing Krippendorff's alpha-reliability"). Takes any number of answers
/// per unit; a unit with fewer than two says nothing about agreement and is left out.
/// </summary>
public static class NominalAlpha
{
    /// <summary>α with its percentile interval over resampled units.</summary>
    /// <param name="units">The classes that annotators gave to each unit.</param>
    /// <param name="level">Error level of the interval, (0,1).</param>
    /// <param name="resamples">How often the units are drawn again, at least 100.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <returns>At most 1; null where α is not defined: fewer than two answers to any unit, or one class only.</returns>
    public static Interval? Bootstrap(IEnumerable<IReadOnlyList<int>> units, double level, int resamples, int seed)
    {
        Require.That(level is > 0 and < 1, level, "above 0 and below 1");
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 100);
        var (kept, classes) = Read(units);
        var margins = new double[classes];
        if (Of(kept, margins) is not { } value)
        {
            return null;
        }

        var random = new Random(seed);
        var again = new Unit[kept.Length];
        var drawn = new double[resamples];
        for (var i = 0; i < resamples; i++)
        {
            for (var unit = 0; unit < again.Length; unit++)
            {
                again[unit] = kept[random.Next(kept.Length)];
            }

            // A resample with one class only has no α; as none of its answers disagree, it speaks for agreement.
            drawn[i] = Of(again, margins) ?? 1;
        }

        Array.Sort(drawn);
        var tail = (int)Math.Floor(level / 2 * resamples);
        return new Interval(value, Math.Min(value, drawn[tail]), Math.Max(value, drawn[^(tail + 1)]));
    }

    /// <summary>
    /// The margins and the diagonal of the coincidence matrix are all that α needs. A class that is named k times in a unit of m answers adds k to its margin,
    /// and k(k−1)/(m−1) to the diagonal.
    /// </summary>
    private static double? Of(Unit[] units, double[] margins)
    {
        Array.Clear(margins);
        double count = 0, agreeing = 0, squares = 0;
        foreach (var unit in units)
        {
            foreach (var answer in unit.Answers)
            {
                margins[answer]++;
            }

            count += unit.Answers.Length;
            agreeing += unit.Agreeing;
        }

        foreach (var margin in margins)
        {
            squares += margin * margin;
        }

        var expected = (count * count) - squares;
        return expected > 0 ? 1 - ((count - agreeing) * (count - 1) / expected) : null;
    }

    /// <summary>The units with two answers or more, their classes numbered from 0 without gaps, and how many classes there are.</summary>
    private static (Unit[] Units, int Classes) Read(IEnumerable<IReadOnlyList<int>> units)
    {
        ArgumentNullException.ThrowIfNull(units);
        var numbers = new Dictionary<int, int>();
        Unit[] kept = [.. units.Where(u => u.Count > 1).Select(u => new Unit([.. u.Select(Number)], u.Sum(c => (u.Count(o => o == c) - 1) / (u.Count - 1.0))))];
        return (kept, numbers.Count);

        int Number(int value)
        {
            if (!numbers.TryGetValue(value, out var number))
            {
                numbers[value] = number = numbers.Count;
            }

            return number;
        }
    }

    /// <param name="Agreeing">What it adds to the diagonal.</param>
    private sealed record Unit(int[] Answers, double Agreeing);
}
