using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Queueing;

namespace AccuracyMonitor.Sidecar.Scoring;

/// <summary>Scores of the rows of several batches of one model version, one batch behind the other. Reused: the next ones overwrite them.</summary>
internal sealed class MicroBatchScores
{
    // What the scorer runs at once.
    private const int AloneFrom = 128;

    private float[] _gathered = [];
    private float[] _logits = [];
    private float[] _disagreements = [];

    /// <summary>Of all rows, in the batches' order.</summary>
    public ReadOnlySpan<float> Logits => _logits;

    /// <inheritdoc cref="Logits"/>
    public ReadOnlySpan<float> Disagreements => _disagreements;

    /// <param name="together">Of one shape; top-k rows are made dense where the monitor reads more of them.</param>
    /// <param name="monitor">The model's.</param>
    /// <returns>Rows scored.</returns>
    public int Score(IReadOnlyList<ScoreBatch> together, MonitorLease monitor)
    {
        var rows = 0;
        foreach (var batch in together)
        {
            rows += batch.Rows;
            if (batch.IsTopK && !monitor.Monitor.ReadsOnly(batch.Width))
            {
                batch.Densify();
            }
        }

        if (_logits.Length < rows)
        {
            _logits = new float[rows];
            _disagreements = new float[rows];
        }

        // Large batches gain nothing from being put together, and at many classes the copy costs as much as reading them did.
        if (rows / together.Count >= AloneFrom)
        {
            var offset = 0;
            foreach (var batch in together)
            {
                Score(batch.Values.AsSpan(0, batch.Rows * batch.Width), batch, monitor, offset, batch.Rows);
                offset += batch.Rows;
            }
        }
        else
        {
            Score(Gather(together, rows * together[0].Width), together[0], monitor, 0, rows);
        }

        return rows;
    }

    private void Score(ReadOnlySpan<float> values, ScoreBatch form, MonitorLease monitor, int offset, int rows)
    {
        var logits = _logits.AsSpan(offset, rows);
        var disagreements = _disagreements.AsSpan(offset, rows);
        if (form.IsTopK)
        {
            monitor.Scorer.ScoreLargest(values, rows, form.Width, logits, disagreements);
        }
        else
        {
            monitor.Scorer.Score(values, rows, form.Width, logits, disagreements);
        }
    }

    private Span<float> Gather(IReadOnlyList<ScoreBatch> together, int length)
    {
        if (together.Count == 1)
        {
            return together[0].Values.AsSpan(0, length);
        }

        if (_gathered.Length < length)
        {
            _gathered = new float[length];
        }

        var position = 0;
        foreach (var batch in together)
        {
            var part = batch.Values.AsSpan(0, batch.Rows * batch.Width);
            part.CopyTo(_gathered.AsSpan(position));
            position += part.Length;
        }

        return _gathered.AsSpan(0, length);
    }
}
