using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Networks;
using AccuracyMonitor.Training.Quantized;

namespace AccuracyMonitor.Training.Tests.Quantized;

public sealed class QuantizedTrainingTests
{
    [Fact]
    public void A_monitor_trained_in_four_bits_ranks_as_one_trained_in_full()
    {
        var (reference, test) = (SomeReference.Draw(2000, 4, 1), SomeReference.Draw(4000, 4, 2));
        ScoreMetrics Of(QuantizationOptions? quantization)
        {
            var trained =
                MonitorTrainer.Train(reference, new TrainingOptions { HiddenWidths = [16, 8], MaxEpochs = 20, BatchSize = 64, Quantization = quantization });
            if (quantization is not null)
            {
                trained.Metadata.TrainingNumbers["quantizer"].ShouldBe($"{quantization.Quantizer}");
                double.Parse(trained.Metadata.TrainingNumbers["quantizer.relative_variance"], System.Globalization.CultureInfo.InvariantCulture)
                    .ShouldBeGreaterThan(0);
            }

            return ScoreMetrics.Of(SomeReference.Logits(trained.Onnx, test), SomeReference.Correct(test));
        }

        var full = Of(null);
        var four = Of(new QuantizationOptions { Quantizer = GradientQuantizer.Bhq, GradientBits = 4, WeightGradientBits = 4 });

        four.Auroc.ShouldBeGreaterThan(full.Auroc - 0.01);
        Math.Abs(four.MeanScore - four.Accuracy).ShouldBeLessThan(0.03);
    }

    [Fact]
    public void Fine_tuning_in_few_bits_mends_a_monitor_and_gives_the_same_bytes_again()
    {
        var monitor = MonitorTrainer.Train(SomeReference.Draw(2000, 4, 3), new TrainingOptions { HiddenWidths = [16, 8], MaxEpochs = 10 }).Onnx;
        var labels = SomeReference.Labels(SomeReference.Draw(400, 4, 4, wrongShare: 0.95), monitor);
        var options = new FineTuneOptions { MaxEpochs = 20, Quantization = new QuantizationOptions { Quantizer = GradientQuantizer.Psq, GradientBits = 4 } };

        var tuned = MonitorTrainer.FineTune(monitor, labels, options);

        var test = SomeReference.Draw(4000, 4, 5, wrongShare: 0.95);
        var correct = SomeReference.Correct(test);
        ScoreMetrics.Of(SomeReference.Logits(tuned.Onnx, test), correct)
            .LogLoss.ShouldBeLessThan(ScoreMetrics.Of(SomeReference.Logits(monitor, test), correct).LogLoss - 0.02);
        tuned.Metadata.TrainingNumbers["fine_tuning.quantizer.bits"].ShouldBe("4 8 8");
        tuned.Metadata.CalibrationCount.ShouldBe(400);
        MonitorTrainer.FineTune(monitor, labels, options).Onnx.ShouldBe(tuned.Onnx);
    }

    [Fact]
    public void Gradients_are_those_of_the_loss_without_quantizers_and_on_average_with_them()
    {
        var random = SplitMix64.Stream(1, 1, 1);
        DenseLayer Layer(int inputs, int outputs, SplitMix64 draws) =>
            new(inputs, outputs, [.. Enumerable.Range(0, inputs * outputs).Select(_ => (float)draws.NextDouble() - 0.5f)], new float[outputs]);
        DenseLayer[] layers = [Layer(5, 6, SplitMix64.Stream(2, 1, 1)), Layer(6, 3, SplitMix64.Stream(3, 1, 1))];
        float[] x = [.. Enumerable.Range(0, 8 * 5).Select(_ => (float)random.NextDouble())];
        float[] upstream = [.. Enumerable.Range(0, 8 * 3).Select(_ => (float)random.NextDouble() - 0.5f)];
        var exact = new QuantizedLayers(layers, null);
        double Loss()
        {
            return exact.Forward(x, 8, null).Zip(upstream, (o, u) => (double)o * u).Sum();
        }

        Loss();
        var gradient = exact.Backward(upstream, 0, ref random).Weights;
        for (var j = 0; j < gradient[0].Length; j++)
        {
            var w = exact.Weights[0][j];
            exact.Weights[0][j] = w + 1e-3f;
            var up = Loss();
            exact.Weights[0][j] = w - 1e-3f;
            var down = Loss();
            exact.Weights[0][j] = w;
            gradient[0][j].ShouldBe((float)((up - down) / 2e-3), 2e-3f);
        }

        // Forward in eight bits both times: only the gradients are rounded at random.
        var qat = new QuantizedLayers(layers, new QuantizationOptions { Quantizer = GradientQuantizer.None });
        qat.Forward(x, 8, null);
        var noisy = new QuantizedLayers(layers, new QuantizationOptions { Quantizer = GradientQuantizer.Bhq, GradientBits = 2, WeightGradientBits = 2 });
        var mean = new double[gradient[0].Length];
        const int Draws = 4000;
        for (var draw = 0; draw < Draws; draw++)
        {
            noisy.Forward(x, 8, null);
            var drawn = noisy.Backward([.. upstream], 0, ref random).Weights[0];
            for (var j = 0; j < mean.Length; j++)
            {
                mean[j] += drawn[j] / (double)Draws;
            }
        }

        var wanted = qat.Backward([.. upstream], 0, ref random).Weights[0];
        for (var j = 0; j < mean.Length; j++)
        {
            mean[j].ShouldBe(wanted[j], 0.03, "the mean of the draws");
        }
    }

    [Fact]
    public void The_meter_reads_at_its_steps_and_no_others_without_a_learning_rate_policy_too()
    {
        var (shape, weights) =
            MonitorFile.Read(MonitorTrainer.Train(SomeReference.Draw(300, 4, 7), new TrainingOptions { HiddenWidths = [8, 8], MaxEpochs = 1 }).Onnx);
        var data = TrainingData.From(SomeReference.Draw(200, 4, 8), shape.Encoding);
        var meter = new VarianceMeter(every: 4, bits: 5);
        using var network = new QuantizedNetwork(shape, weights, 1e-3, 0, 0, new QuantizationOptions(), meter);
        var random = SplitMix64.Stream(1, 1, 1);

        // Ten steps of twenty rows.
        network.Epoch(data, [.. Enumerable.Range(0, 200)], 20, ref random, TestContext.Current.CancellationToken);

        meter.Readings.Select(r => r.Step).Distinct().ShouldBe([0, 4, 8]);
        meter.Readings.Count.ShouldBe(3 * 3 * 3, "three layers, three quantizers");
        meter.Readings.ShouldAllBe(r => r.Variance <= r.Bound && r.ToSampling > 0);
    }

    [Fact]
    public void A_batch_of_one_row_says_nothing_of_sampling()
    {
        var meter = new VarianceMeter(1, 5);

        meter.Read(0, 0, [0.1f, -0.2f, 0.3f], [1, 2], rows: 1);

        meter.Readings.ShouldAllBe(r => double.IsNaN(r.ToSampling));
    }

    [Fact]
    public void Bits_out_of_range_are_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => MonitorTrainer.Train(
            SomeReference.Draw(200, 3, 6), new TrainingOptions { Quantization = new QuantizationOptions { GradientBits = 9 } }))
                .Message.ShouldContain("GradientBits must be 2 to 8");
}
