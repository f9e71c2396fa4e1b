using System.Globalization;
using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Training;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Keeps a share of a reference set out of the training, drawn by seed.</summary>
internal static class ReferenceSplit
{
    /// <summary>The reference of a file, in a part that trains a monitor and one that is kept out.</summary>
    /// <exception cref="TraceFileException">As <see cref="TraceFile.Load"/>, or too few rows are left to train on.</exception>
    public static (ReferenceSet Train, ReferenceSet Test) ForTraining(TraceFile trace, double testShare, ulong seed)
    {
        var split = Of(trace.Load(TraceFile.Reference), testShare, seed);
        var (train, test) = (split.Train.Count, split.Test.Count);
        return train >= MonitorTrainer.SmallestReference ? split : throw new TraceFileException(string.Create(
            CultureInfo.InvariantCulture,
            $"{trace.Path}: the reference has {train + test} rows with a label; {test} are kept out (--test-share {testShare}) and {train} are left to train "
            + $"on, but at least {MonitorTrainer.SmallestReference} are needed. Add rows, or lower --test-share."));
    }

    public static (ReferenceSet Train, ReferenceSet Test) Of(ReferenceSet reference, double testShare, ulong seed)
        => Keep(reference, Math.Clamp((int)(reference.Count * testShare), 1, reference.Count - 1), seed);

    /// <param name="reference">At least two rows.</param>
    /// <param name="test">Rows kept out, fewer than there are.</param>
    /// <param name="seed">Draws them.</param>
    public static (ReferenceSet Train, ReferenceSet Test) Keep(ReferenceSet reference, int test, ulong seed)
    {
        var order = Enumerable.Range(0, reference.Count).ToArray();
        new Random(unchecked((int)(seed ^ (seed >> 32)))).Shuffle(order);
        return (Rows(reference, order.AsSpan(test)), Rows(reference, order.AsSpan(0, test)));
    }

    private static ReferenceSet Rows(ReferenceSet reference, ReadOnlySpan<int> rows)
    {
        var k = reference.ClassCount;
        var part = new ReferenceSet(new float[rows.Length * k], new int[rows.Length], k);
        for (var i = 0; i < rows.Length; i++)
        {
            reference.Row(rows[i]).CopyTo(part.Probabilities.AsSpan(i * k));
            part.Labels[i] = reference.Labels[rows[i]];
        }

        return part;
    }
}
