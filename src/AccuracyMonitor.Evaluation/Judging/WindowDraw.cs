using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>Rows of a judged window, and of the windows before it.</summary>
internal sealed record WindowDraw(int[] Window, int[] Earlier)
{
    // With more labels than half of the rows could give, the earlier windows get more of them, up to four fifths.
    private const double LeastEarlierShare = 0.5;
    private const double MostEarlierShare = 0.8;
    private const double RowsPerLabel = 1.2;

    /// <summary>
    /// Without earlier windows: all rows in random order, or the wanted number of them; with replacement if more are wanted than there are. With
    /// earlier windows the rows are split, so that the monitor is not judged on rows that it was fitted to.
    /// </summary>
    public static WindowDraw Of(int rows, EvaluationOptions settings, ref SplitMix64 random)
    {
        var order = Enumerable.Range(0, rows).ToArray();
        random.Shuffle(order, rows);
        var earlier = settings.EarlierLabels == 0
            ? 0
            : (int)(rows * Math.Clamp(RowsPerLabel * settings.EarlierLabels / rows, LeastEarlierShare, MostEarlierShare));
        var pool = order[earlier..];
        return new WindowDraw(settings.Window is { } window ? Pick(pool, window, ref random) : pool, order[..earlier]);
    }

    private static int[] Pick(int[] pool, int count, ref SplitMix64 random)
    {
        if (count <= pool.Length)
        {
            return pool[..count];
        }

        var picked = new int[count];
        for (var i = 0; i < count; i++)
        {
            picked[i] = pool[random.NextInt(pool.Length)];
        }

        return picked;
    }
}
