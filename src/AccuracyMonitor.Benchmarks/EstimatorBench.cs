using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Benchmarks;

/// <summary>Cost of the arithmetic on one core per prediction, per label and per estimate, and memory per key.</summary>
internal static class EstimatorBench
{
    private const int Predictions = 500_000;
    private const int Labels = 100_000;
    private const int Buckets = 60;
    private static readonly TimeSpan[] Windows = [TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromHours(24)];
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Command Create()
    {
        var count = BoundedOption.Create("--classes", "Class count K.", 10, 2, 10_000);
        var command = new Command("estimator", "Cost of the sampler, windows, alarms and estimates: time on one core and bytes held per key.") { count };
        command.SetAction(parsed => Run(parsed.GetValue(count), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static void Run(int classes, TextWriter output)
    {
        var random = new SplitMix64(1);
        var rows = RowReservoir.RowsPerBucket(2000, Buckets, classes);
        var series = new WindowSeries(Windows, Buckets);
        var reservoirs = Windows.Select(w => new RowReservoir(w, Buckets, classes, rows)).ToArray();
        var sampler = new Sampler(new SamplerOptions { MaxRequestsPerHour = int.MaxValue }, new ModelKey("m", "1"));
        var vector = new float[classes];
        vector.AsSpan().Fill(1f / classes);

        output.WriteLine($"K = {classes}, windows of {string.Join(", ", Windows)}, one core:");
        Print(output, "a prediction: sampler, windows, kept rows", Predictions, () =>
        {
            Span<char> id = stackalloc char[20];
            for (var i = 0; i < Predictions; i++)
            {
                _ = i.TryFormat(id, out var length, provider: CultureInfo.InvariantCulture);
                var now = Start.AddMilliseconds(i);
                var g = 0.5 + (0.5 * random.NextDouble());
                var decision = sampler.Decide(id[..length], g, now);
                series.AddPrediction(now, new PredictionPoint(g, g, decision.Covered), now);
                foreach (var reservoir in reservoirs)
                {
                    reservoir.Add(now, vector, StableHash.Of(id[..length]), now);
                }
            }
        });

        var accuracy = new AccuracyAlarm(new AccuracyAlarmOptions { Objective = 0.7 });
        var validity = new ValidityAlarm(new ValidityAlarmOptions());
        Print(output, "a label: windows and both alarms", Labels, () =>
        {
            for (var i = 0; i < Labels; i++)
            {
                var g = 0.5 + (0.5 * random.NextDouble());
                var now = Start.AddMilliseconds(i);
                var label = new LabelPoint(g, 0.01, random.NextDouble() < g);
                series.AddLabel(now, label, now);
                accuracy.Observe(label);
                validity.Observe(label);
            }
        });

        var buckets = new Bucket[series.MaxBuckets];
        Print(output, "an estimate of one window from its sums", 2000, () =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var count = series.CopyWindow(1, Start.AddSeconds(100), buckets);
                WindowEstimator.Estimate(buckets.AsSpan(0, count), monitorValid: true, new EstimatorOptions());
            }
        });
        if (classes <= 100)
        {
            Rescore(output, classes, ref random);
        }

        output.WriteLine($"  held per key: windows {series.StateBytes:N0} bytes; rows of a model version {reservoirs.Sum(r => r.StateBytes):N0} bytes");
    }

    private static void Rescore(TextWriter output, int classes, ref SplitMix64 random)
    {
        var (probabilities, logits, predicted) = (new float[2000 * classes], new double[2000], new int[2000]);
        List<LabelledPrediction> labels = [];
        for (var i = 0; i < 2000; i++)
        {
            var row = probabilities.AsSpan(i * classes, classes);
            predicted[i] = random.NextInt(classes);
            row.Fill(0.3f / classes);
            row[predicted[i]] += 0.7f;
            logits[i] = 1 + (2 * random.NextDouble());
            if (labels.Count < 100 && i % 20 == 0)
            {
                labels.Add(new LabelledPrediction($"{i}", row.ToArray(), predicted[i], logits[i], random.NextDouble() < 0.8, 100));
            }
        }

        var population = new WindowPopulation(probabilities, logits, predicted, classes);
        Print(output, "a window of 2,000 rows and 100 labels scored again", 20, () =>
        {
            for (var i = 0; i < 20; i++)
            {
                RecalibratedWindow.Estimate(population, labels, [], new RecalibrationHeadOptions(), 0.05);
            }
        });
    }

    private static void Print(TextWriter output, string what, int count, Action work)
    {
        work();
        var started = Stopwatch.GetTimestamp();
        work();
        var nanoseconds = Stopwatch.GetElapsedTime(started).TotalNanoseconds / count;
        output.WriteLine(
            $"  {what,-52} "
                + $"{(nanoseconds >= 1e6 ? $"{nanoseconds / 1e6,9:F1} ms" : nanoseconds >= 1e4 ? $"{nanoseconds / 1e3,9:F1} µs" : $"{nanoseconds,9:F0} ns")}");
    }
}
