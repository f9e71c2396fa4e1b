using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Evaluation;

namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>
/// The rising map from score to share of hits with the least squared error, by pooling adjacent violators (Ayer, Brunk, Ewing, Reid and
/// Silverman 1955, "An empirical distribution function for sampling with incomplete information"; as a calibration: Zadrozny and Elkan
/// 2002). Between the blocks it is a straight line, outside them constant, as in scikit-learn, which NannyML fits with.
/// </summary>
internal sealed class IsotonicFit
{
    private readonly double[] _scores;
    private readonly double[] _values;

    /// <param name="scores">At least one; no NaN.</param>
    /// <param name="hits">As long.</param>
    public IsotonicFit(ReadOnlySpan<double> scores, ReadOnlySpan<bool> hits)
    {
        var groups = RankingMetrics.Descending(scores, hits);
        var blocks = new List<Block>();
        for (var j = groups.Count - 1; j >= 0; j--)
        {
            var block = new Block(groups[j].Score, groups[j].Score, groups[j].Right, groups[j].Right + groups[j].Wrong);
            while (blocks.Count > 0 && blocks[^1].Value >= block.Value)
            {
                block = new Block(blocks[^1].First, block.Last, blocks[^1].Hits + block.Hits, blocks[^1].Rows + block.Rows);
                blocks.RemoveAt(blocks.Count - 1);
            }

            blocks.Add(block);
        }

        var knots = new List<(double Score, double Value)>();
        foreach (var block in blocks)
        {
            knots.Add((block.First, block.Value));
            if (block.Last > block.First)
            {
                knots.Add((block.Last, block.Value));
            }
        }

        _scores = [.. knots.Select(k => k.Score)];
        _values = [.. knots.Select(k => k.Value)];
    }

    public double At(double score)
    {
        var place = Array.BinarySearch(_scores, score);
        if (place >= 0)
        {
            return _values[place];
        }

        var above = ~place;
        if (above == 0 || above == _scores.Length)
        {
            return _values[above == 0 ? 0 : ^1];
        }

        var share = (score - _scores[above - 1]) / (_scores[above] - _scores[above - 1]);
        return _values[above - 1] + (share * (_values[above] - _values[above - 1]));
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Block(double First, double Last, double Hits, double Rows)
    {
        public double Value => Hits / Rows;
    }
}
