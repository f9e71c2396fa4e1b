using System.Collections.Concurrent;
using System.Numerics.Tensors;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>
/// Estimates a model version's windows again with what their own labels have taught: <see cref="RecalibratedWindow"/> on the window's kept rows.
/// Where that cannot be (too few labels, too many, rows from before a restart) the estimate from the stream's own scores stands.
/// </summary>
/// <remarks>
/// A result is kept while nothing changes, and at most a tenth of one core's time goes into making them; a third for windows so short that the
/// result would else be out of date. One that is out of date is not published: it speaks for an earlier window.
/// </remarks>
internal sealed class RecalibratedWindows(
    MonitorStore store, IOptions<EstimationOptions> settings, TimeProvider time, WorkFailures failures)
{
    // Rows scored at a time: the scoring loop waits for the scorer no longer than that.
    private const int RowsAtATime = 256;

    // Share of the predictions whose rows must have been seen: the rest was before a restart.
    private const double Complete = 0.98;

    private const double ShareOfTime = 0.1;

    private const double MostShareOfTime = 1.0 / 3;

    // Of the window's length. Under a fall of 60 points (82 % to 25 % right) results ten seconds old, published for a window of 30 s, were off
    // by 20 points.
    private const double MaxAge = 0.1;

    private readonly ConcurrentDictionary<(ModelState Model, int Window), Entry> _entries = [];
    private readonly RecalibrationHeadOptions _head = new();

    /// <summary>Makes the estimates of a model version's windows anew where something has changed. One call at a time.</summary>
    public async Task RefreshAsync(ModelState model, DateTimeOffset end)
    {
        using var monitor = model.LeaseMonitor();
        for (var window = 0; window < model.Reservoirs.Length; window++)
        {
            var stretch = Read(model, window, end);
            if (!RecalibratedWindow.Applies(stretch.Labels.Count))
            {
                _entries.TryRemove((model, window), out _);
                continue;
            }

            var key = new Key(stretch.Labels, stretch.Covered, stretch.Start, stretch.Until, monitor.Monitor.GraphVersion);
            if (_entries.TryGetValue((model, window), out var entry) && (entry.Key == key || end < entry.NotBefore))
            {
                _entries[(model, window)] = entry.Key == key ? entry with { End = end } : entry;
                continue;
            }

            var started = time.GetTimestamp();
            var result = await MakeAsync(model, monitor, stretch);
            var (pause, inTime) = Pace(time.GetElapsedTime(started), model.Reservoirs[window].Window);
            _entries[(model, window)] = new Entry(key, inTime ? result : null, stretch.Until, end, end + pause);
        }
    }

    /// <summary>The estimate with <see cref="WindowEstimate.Audited"/> and <see cref="WindowEstimate.Combined"/> from recalibration if they exist.</summary>
    /// <param name="model">Whose.</param>
    /// <param name="window">Which.</param>
    /// <param name="end">Its end.</param>
    /// <param name="plain">From the stream's own scores.</param>
    public WindowEstimate Apply(ModelState model, int window, DateTimeOffset end, WindowEstimate plain)
    {
        if (plain.Audited.State != EstimateState.Ok || !_entries.TryGetValue((model, window), out var entry) || entry.Result is not { } made
            || end - entry.End > MaxAge * model.Reservoirs[window].Window)
        {
            return plain;
        }

        return plain with { Audited = made.Audited, Combined = Withdrawn(model, made.Combined), AnsweredUntil = entry.Until };
    }

    /// <summary>Forgets the results of versions that are not in use any more.</summary>
    public void ForgetRetired()
    {
        foreach (var entry in _entries.Keys.Where(e => e.Model.IsRetired).ToArray())
        {
            _entries.TryRemove(entry, out _);
        }
    }

    /// <summary>From one making to the next, and whether that is soon enough for a window of this length to have a result all the time: one that
    /// came and went would make the published number jump.</summary>
    /// <param name="cost">Time that the making took.</param>
    /// <param name="window">Length.</param>
    internal static (TimeSpan Pause, bool InTime) Pace(TimeSpan cost, TimeSpan window)
    {
        var oldest = MaxAge * window;
        var (thrifty, soonest) = (cost / ShareOfTime, cost / MostShareOfTime);
        return thrifty <= oldest / 2 ? (thrifty, true) : soonest <= oldest ? (soonest > oldest / 2 ? soonest : oldest / 2, true) : (thrifty, false);
    }

    private static AccuracyEstimate Withdrawn(ModelState model, AccuracyEstimate combined) => model.Alarms.ValidityFiring
        ? AccuracyEstimate.Without(EstimateKind.Combined, EstimateState.MonitorInvalid)
        : combined;

    private async Task<RecalibratedWindow?> MakeAsync(ModelState model, MonitorLease monitor, Stretch stretch)
    {
        if (stretch.Rows.Predictions < Complete * stretch.Covered || stretch.Rows.Weights.Length == 0)
        {
            return null;
        }

        try
        {
            var range = new LabelRange(RecalibratedWindow.MaxLabels + RecalibratedWindow.MaxEarlier, time.GetUtcNow());
            var all = await AdaptationLabels.ReadAsync(store, model, monitor, range, CancellationToken.None);
            List<LabelledPrediction> labels = [];
            List<LabelledPrediction> earlier = [];
            for (var i = 0; i < all.Samples.Count; i++)
            {
                var at = all.PredictionTimes[i];
                if (at < stretch.Start)
                {
                    earlier.Add(all.Samples[i]);
                }
                else if (at < (stretch.Until ?? DateTimeOffset.MaxValue) && all.AreProbabilitySamples[i])
                {
                    var factor = stretch.Factors.First(f => at < f.End).RequestsPerAnswer;
                    labels.Add(all.Samples[i] with { Weight = all.Samples[i].Weight * factor });
                }
            }

            return RecalibratedWindow.Estimate(Population(monitor, model.ClassCount, stretch.Rows), labels, earlier, _head, settings.Value.Alpha);
        }
#pragma warning disable CA1031 // Whatever is wrong with the labels or the store, the estimate from the stream's own scores stands.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failures.Report("estimation", $"Scoring a window of {model.Key} again", e);
            return null;
        }
    }

    private static Stretch Read(ModelState model, int window, DateTimeOffset end)
    {
        // The kept rows must be those of the same moment.
        lock (model.AllTraffic.Gate)
        {
            using var copy = model.AllTraffic.CopyWindow(window, end);
            var answered = AnswerStrata.Of(copy.Buckets);
            var kept = copy.Buckets[..answered.Buckets];
            long covered = 0;
            var labels = default(LabelSums);
            foreach (ref readonly var bucket in kept)
            {
                covered += bucket.Predictions.CoveredCount;
                labels.Merge(bucket.Labels);
            }

            var start = copy.Buckets.IsEmpty ? end : copy.Buckets[0].Start;
            var rows = RecalibratedWindow.Applies(labels.Count)
                ? model.Reservoirs[window].Copy(end, answered.Until ?? DateTimeOffset.MaxValue)
                : new WindowRows([], [], 0);
            return new Stretch(start, answered.Until, covered, labels, rows, AnswerStrata.Factors(kept));
        }
    }

    private static WindowPopulation Population(MonitorLease monitor, int k, WindowRows rows)
    {
        var n = rows.Weights.Length;
        var logits = new float[n];
        var disagreements = new float[n];
        var predicted = new int[n];
        for (var done = 0; done < n; done += RowsAtATime)
        {
            var count = Math.Min(RowsAtATime, n - done);
            monitor.Scorer.Score(rows.Probabilities.AsSpan(done * k, count * k), count, k, logits.AsSpan(done, count), disagreements.AsSpan(done, count));
        }

        for (var i = 0; i < n; i++)
        {
            predicted[i] = TensorPrimitives.IndexOfMax(rows.Probabilities.AsSpan(i * k, k));
        }

        return new WindowPopulation(rows.Probabilities, [.. logits.Select(l => (double)l)], predicted, k, rows.Weights) { IsSample = true };
    }

    /// <summary>The part of a window that its labels speak for.</summary>
    private sealed record Stretch(
        DateTimeOffset Start, DateTimeOffset? Until, long Covered, LabelSums Labels, WindowRows Rows,
        IReadOnlyList<(DateTimeOffset End, double RequestsPerAnswer)> Factors);

    /// <param name="Labels">All sums and not only their number: a correction leaves the number as it is.</param>
    private sealed record Key(LabelSums Labels, long Covered, DateTimeOffset Start, DateTimeOffset? Until, string GraphVersion);

    private sealed record Entry(Key Key, RecalibratedWindow? Result, DateTimeOffset? Until, DateTimeOffset End, DateTimeOffset NotBefore);
}
