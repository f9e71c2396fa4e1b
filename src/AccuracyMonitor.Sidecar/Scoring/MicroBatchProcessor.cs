using System.Diagnostics;
using System.Runtime.InteropServices;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Queueing;
using AccuracyMonitor.Sidecar.Sampling;
using AccuracyMonitor.Sidecar.Truth;
using AccuracyMonitor.Storage.Truth;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Scoring;

/// <summary>
/// Scores batches of one model version together, decides which rows to label, and counts each in its window. Owned by the scoring loop:
/// nothing here is shared but the series' gates.
/// </summary>
internal sealed class MicroBatchProcessor(
    LabelRequestWriter requests, TruthBuffer truth, IOptions<LabellingOptions> labelling, TimeProvider time, AccuracyMonitorMetrics metrics)
{
    private readonly TimeSpan _lifetime = labelling.Value.RequestLifetime;
    private readonly double _secondOpinionShare = labelling.Value.SecondOpinionShare;
    private readonly MicroBatchScores _scores = new();
    private readonly CountingRun _run = new();
    private ulong[] _hashes = [];
    private int _capped;
    private int _inOtherClass;

    public void Process(IReadOnlyList<ScoreBatch> together)
    {
        // The batches let the version go one by one, before the requests among them are on their way. False: it has been deleted.
        var model = together[0].Model;
        var isHeld = model.TryHold();
        try
        {
            Process(model, together);
        }
        finally
        {
            if (isHeld)
            {
                model.LetGo();
            }
        }
    }

    private void Process(ModelState model, IReadOnlyList<ScoreBatch> together)
    {
        using var lease = model.LeaseMonitor();
        var monitor = lease.Monitor;
        model.ForgetWithdrawn();
        if (model.UniformShare is { } share)
        {
            model.Sampler.UniformShare = share.UniformShare;
        }

        using var activity = Tracing.Source.StartActivity("score", ActivityKind.Internal, together[0].Trace);
        var started = time.GetTimestamp();
        var rows = _scores.Score(together, lease);
        metrics.Scored(time.GetElapsedTime(started) / rows, rows);

        var pass = new Pass(monitor, time.GetUtcNow());
        var offset = 0;
        foreach (var batch in together)
        {
            batch.MonitorVersion = monitor.Version;
            batch.MonitorValid = model.MonitorValid;
            Count(batch, pass, offset);
            batch.ReleaseValues();
            offset += batch.Rows;
        }

        requests.Write(model, pass.Chosen, together);
    }

    private void Count(ScoreBatch batch, Pass pass, int offset)
    {
        var model = batch.Model;
        pass.Sums = default;
        var hashes = Hash(batch);
        lock (model.AllTraffic.Gate)
        {
            batch.Segment?.Gate.Enter();
            try
            {
                for (var row = 0; row < batch.Rows; row++)
                {
                    CountRow(batch, row, new RowScore(hashes[row], _scores.Logits[offset + row], _scores.Disagreements[offset + row]), pass);
                }
            }
            finally
            {
                _run.End();
                batch.Segment?.Gate.Exit();
            }
        }

        model.Metrics.Counted(pass.Sums);
        if (_capped > 0)
        {
            metrics.Dropped("label_cap", _capped);
            _capped = 0;
        }

        if (_inOtherClass > 0)
        {
            metrics.ClassOverflow(_inOtherClass);
            _inOtherClass = 0;
        }
    }

    private ReadOnlySpan<ulong> Hash(ScoreBatch batch)
    {
        if (_hashes.Length < batch.Rows)
        {
            _hashes = new ulong[batch.Rows];
        }

        for (var row = 0; row < batch.Rows; row++)
        {
            _hashes[row] = batch.Model.Sampler.HashOf(batch.Ids[row]);
        }

        var hashes = _hashes.AsSpan(0, batch.Rows);
        batch.Model.Recent.Warm(hashes);
        return hashes;
    }

    private void CountRow(ScoreBatch batch, int row, in RowScore its, Pass pass)
    {
        var model = batch.Model;
        if (!batch.IdsAreOurs && model.Recent.TryGet(its.Hash, out var earlier))
        {
            batch.Scores[row] = earlier.Score;
            batch.Disagreements[row] = earlier.Disagreement;
            batch.Outcomes[row] = RowOutcome.Duplicate | (earlier.Selected ? RowOutcome.Requested : RowOutcome.Counted);
            return;
        }

        ReadOnlySpan<float> probabilities = batch.Row(row);
        var predicted = batch.PredictedClass(row);
        var confidence = probabilities[batch.IsTopK ? 0 : predicted];
        var score = CorrectnessScore.FromLogit(pass.Monitor.Logit(its.Logit, probabilities, predicted));
        var at = batch.Times[row];
        var decision = model.Sampler.Decide(its.Hash, score, pass.Now);
        var covered = decision.Covered && decision.Policy != SamplingPolicy.TopUncertainty;
        var point = new PredictionPoint(score, Math.Min(confidence, 1), covered);

        batch.Scores[row] = (float)score;
        batch.Disagreements[row] = its.Disagreement;
        if (!_run.Holds(at))
        {
            _run.Begin(model, at, pass.Now);
        }

        if (!_run.IsLive || !point.IsInRange)
        {
            batch.Outcomes[row] = RowOutcome.OutOfRange;
            return;
        }

        if (covered)
        {
            // The id's hash decides which rows are kept. It is mixed first, because the sampling coin uses the same hash.
            _run.Keep(batch, row, its.Hash * FibonacciHash.Factor);
        }

        pass.Sums.Add(point);
        _run.Of(model.AllTraffic).Add(point);
        if (batch.Segment is { } segment)
        {
            _run.Of(segment).Add(point);
        }

        var ofClass = CountClass(model, predicted, point);
        batch.Outcomes[row] = decision.Selected ? RowOutcome.Requested : RowOutcome.Counted;
        model.Recent.Add(its.Hash, new RecentOutcome((float)score, its.Disagreement, decision.Selected));
        _capped += decision.Capped ? 1 : 0;
        if (truth.IsOn)
        {
            truth.Add(new RememberedPrediction
            {
                Key = model.Key,
                ClassCount = model.ClassCount,
                PredictionId = batch.Ids[row],
                Time = at,
                PredictedClass = predicted,
                Score = score,
            });
        }

        if (!decision.Selected)
        {
            return;
        }

        if (covered)
        {
            CountRequest(model.AllTraffic);
            CountRequest(batch.Segment);
            CountRequest(ofClass);
        }

        var probabilitiesOfAll = new float[model.ClassCount];
        batch.CopyDense(row, probabilitiesOfAll);
        (pass.Chosen ??= []).Add(new LabelRequest
        {
            Series = batch.Segment?.Key ?? model.AllTraffic.Key,
            PredictionId = batch.Ids[row],
            PredictionTime = at,
            PredictedClass = predicted,
            Probabilities = probabilitiesOfAll,
            Score = score,
            MonitorLogit = its.Logit,
            Disagreement = its.Disagreement,
            InclusionProbability = decision.InclusionProbability,
            UniformSample = decision.Uniform,
            Policy = decision.Policy,
            MonitorVersion = pass.Monitor.Version,
            CreatedAt = pass.Now,
            ExpiresAt = pass.Now + _lifetime,
            InputReference = batch.InputReference(row),
            SecondOpinion = decision.Policy != SamplingPolicy.TopUncertainty && model.SecondOpinionDrawOf(batch.Ids[row]) < _secondOpinionShare,
        });
    }

    private void CountRequest(SeriesState? series)
    {
        if (series is not null)
        {
            _run.Of(series).Requested++;
        }
    }

    /// <summary>Under the gate of all traffic, which the class's windows share.</summary>
    private SeriesState? CountClass(ModelState model, int predicted, in PredictionPoint point)
    {
        if (model.Classes.Of(predicted) is not { } ofClass)
        {
            return null;
        }

        _run.Of(ofClass).Add(point);
        _inOtherClass += ofClass.Key.PredictedClass == SeriesKey.OtherClasses ? 1 : 0;
        return ofClass;
    }

    /// <summary>What the monitor gave a row.</summary>
    /// <param name="Hash">Of the row's id.</param>
    /// <param name="Logit">Of the graph, before the head.</param>
    /// <param name="Disagreement">Of the members.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct RowScore(ulong Hash, float Logit, float Disagreement);

    /// <summary>One micro-batch: who scored it and when, and what came of it.</summary>
    private sealed class Pass(MonitorSnapshot monitor, DateTimeOffset now)
    {
        /// <summary>Of the batch that is being counted.</summary>
        public PredictionSums Sums;

        public MonitorSnapshot Monitor => monitor;

        public DateTimeOffset Now => now;

        /// <summary>Null: none yet.</summary>
        public List<LabelRequest>? Chosen { get; set; }
    }
}
