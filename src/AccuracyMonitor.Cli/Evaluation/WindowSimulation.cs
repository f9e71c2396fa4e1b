using System.Globalization;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Transfer;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Cli.Evaluation;

/// <summary>
/// Windows of one regime, sampled and estimated the sidecar's way: the score fixed before any label, the mixed policy's π from a sampler that
/// lives on from window to window, buckets, and the window estimator. Beside it the yardsticks, some of them on uniformly chosen labels.
/// </summary>
internal sealed class WindowSimulation
{
    private const int BucketsPerWindow = 60;
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    private readonly Regime _regime;
    private readonly EvaluationSettings _settings;
    private readonly EstimationOptions _options;
    private readonly Sampler _sampler;
    private readonly Bucket[] _buckets = new Bucket[BucketsPerWindow];
    private readonly double[] _times;
    private readonly List<(int Row, double Inclusion)> _chosen = [];
    private readonly List<int> _uniform = [];
    private SplitMix64 _random;
    private long _id;

    public WindowSimulation(Regime regime, EvaluationSettings settings)
    {
        _regime = regime;
        _settings = settings;
        _options = new EstimationOptions { Alpha = settings.Alpha, MinSamples = 1, MinLabels = 1 };
        var seed = Seeds.Of(settings.Seed, regime.File, regime.Condition);
        _random = new SplitMix64(seed);
        _times = new double[regime.Count];

        // No hourly cap: the budget of a window is what is being compared.
        var sampling = new SamplingOptions { Budget = settings.Share, Seed = seed, MaxRequestsPerHour = int.MaxValue };
        _sampler = new Sampler(sampling, new ModelKey(regime.File, regime.Condition));
    }

    public Tally[] Run()
    {
        var tallies = new Tally[Method.Names.Count];
        for (var repeat = 0; repeat < _settings.WindowsOf(_regime); repeat++)
        {
            var (truth, moments) = Draw();
            Estimate(tallies, truth, moments);
        }

        return tallies;
    }

    private (double Truth, ScoreMoments Moments) Draw()
    {
        _chosen.Clear();
        _uniform.Clear();
        Array.Clear(_times);
        Span<char> id = stackalloc char[20];
        long right = 0;
        double sum = 0;
        double squares = 0;
        for (var b = 0; b < BucketsPerWindow; b++)
        {
            var predictions = default(PredictionSums);
            var labels = default(LabelSums);
            var end = (long)_settings.Window * (b + 1) / BucketsPerWindow;
            for (var i = (long)_settings.Window * b / BucketsPerWindow; i < end; i++)
            {
                var row = _random.NextInt(_regime.Count);
                var g = _regime.Scores[row];
                _id++;
                _ = _id.TryFormat(id, out var length, provider: CultureInfo.InvariantCulture);
                var decision = _sampler.Decide(id[..length], g, Start.AddSeconds(_id));
                predictions.Add(new PredictionPoint(g, _regime.Confidences[row], decision.Covered));
                if (decision.Selected)
                {
                    predictions.Requested++;
                    labels.Add(new LabelPoint(g, decision.InclusionProbability, _regime.Correct[row]));
                    _chosen.Add((row, decision.InclusionProbability));
                }

                if (_random.NextDouble() < _settings.Share)
                {
                    _uniform.Add(row);
                }

                _times[row]++;
                right += _regime.Correct[row] ? 1 : 0;
                sum += g;
                squares += g * g;
            }

            _buckets[b] = new Bucket(Start.AddMinutes(b), TimeSpan.FromMinutes(1), predictions, labels);
        }

        return ((double)right / _settings.Window, new ScoreMoments(_settings.Window, sum, squares));
    }

    private void Estimate(Tally[] tallies, double truth, in ScoreMoments moments)
    {
        var alpha = _settings.Alpha;
        var uniform = _uniform.Select(row => new LabelPoint(_regime.Scores[row], _settings.Share, _regime.Correct[row])).ToArray();
        var chosen = _chosen.Select(c => new LabelPoint(_regime.Scores[c.Row], c.Inclusion, _regime.Correct[c.Row])).ToArray();
        var window = WindowEstimator.Estimate(_buckets, monitorValid: true, _options);
        tallies[Method.UniformWilson].Add(BinomialInterval.Wilson(uniform.Count(l => l.Correct), uniform.Length, alpha), truth);
        tallies[Method.PpiPlusPlus].Add(PpiPlusPlus.Estimate(moments, uniform, alpha), truth);
        tallies[Method.Aipw].Add(Aipw.Estimate(moments, chosen, alpha), truth);
        tallies[Method.Audited].Add(AsInterval(window.Audited), truth);
        tallies[Method.AuditedHead].Add(AsInterval(WithHead()), truth);
        tallies[Method.LabelFree].Add(AsInterval(window.LabelFree), truth);
    }

    private AccuracyEstimate WithHead()
    {
        var samples = new TransferSample[_chosen.Count];
        for (var i = 0; i < samples.Length; i++)
        {
            var (row, inclusion) = _chosen[i];
            var source = _regime.Rows[row];

            // The recorded row is the key: a row drawn twice must not be on both sides of a fold.
            samples[i] = new TransferSample(
                source.ToString(CultureInfo.InvariantCulture), _regime.Data.Row(source).ToArray(), _regime.PredictedClasses[row],
                _regime.MonitorLogits[row], _regime.Correct[row], 1 / inclusion);
        }

        return CrossFitAipw.Estimate(Population(), samples, new TransferHeadOptions(), _settings.Alpha);
    }

    // Rows of a simulated regime point into the recorded ones: the times they were drawn are added up there.
    private WindowPopulation Population()
    {
        var data = _regime.Data;
        var times = new double[data.Count];
        var logits = new double[data.Count];
        var classes = new int[data.Count];
        for (var i = 0; i < _regime.Count; i++)
        {
            var source = _regime.Rows[i];
            times[source] += _times[i];
            logits[source] = _regime.MonitorLogits[i];
            classes[source] = _regime.PredictedClasses[i];
        }

        return new WindowPopulation(data.Probabilities, logits, classes, data.ClassCount, times);
    }

    // Without a label nothing is known.
    private static Interval AsInterval(AccuracyEstimate estimate) =>
        estimate.State == EstimateState.Ok ? new Interval(estimate.Value, estimate.Lower, estimate.Upper) : new Interval(0.5, 0, 1);
}
