using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Observability;

/// <summary>What both ways out read while series come and go.</summary>
public sealed class ExportTests : IDisposable
{
    private const int Models = 50;

    private readonly ServiceProvider _services =
        new ServiceCollection().AddMetrics().AddSingleton<MetricRegistry>().AddSingleton<EstimateMetrics>().BuildServiceProvider();

    private MetricRegistry Registry => _services.GetRequiredService<MetricRegistry>();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task A_series_that_is_removed_while_both_exporters_read_is_there_with_its_number_or_not_at_all()
    {
        var metrics = _services.GetRequiredService<EstimateMetrics>();
        using var done = new CancellationTokenSource();
        var publishing = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    metrics.Publish(Estimates(Models));
                    metrics.Publish(PublishedEstimates.None);
                }
            },
            TestContext.Current.CancellationToken);
        List<double> measured = [];
        using var listener = Listen("accuracy_monitor_running_accuracy_ratio", measured);
        HashSet<int> scraped = [];
        for (var round = 0; round < 2000; round++)
        {
            listener.RecordObservableInstruments();
            var lines = Expose(Registry).Split('\n');
            var values = lines.Count(
                l => l.StartsWith("accuracy_monitor_running_accuracy_ratio{", StringComparison.Ordinal) && l.EndsWith(" 0.9", StringComparison.Ordinal));
            var bounds = lines.Count(l => l.StartsWith("accuracy_monitor_running_accuracy_lower_bound_ratio{", StringComparison.Ordinal)
                && l.EndsWith(" 0.8", StringComparison.Ordinal));
            bounds.ShouldBe(values, "an estimate and its bound are of one moment");
            scraped.Add(values);
        }

        await done.CancelAsync();
        await publishing;
        scraped.ShouldBeSubsetOf([0, Models]);
        measured.ShouldNotBeEmpty();
        measured.ShouldAllBe(v => v == 0.9);
    }

    [Fact]
    public void A_model_that_is_no_longer_published_is_gone_from_every_family_of_both_exporters()
    {
        var metrics = _services.GetRequiredService<EstimateMetrics>();
        metrics.Publish(Estimates(2));
        metrics.Publish(Estimates(1));

        Expose(Registry).ShouldNotContain("model=\"m1\"");
        List<double> measured = [];
        using var listener = Listen("accuracy_monitor_running_accuracy_ratio", measured);
        listener.RecordObservableInstruments();
        measured.ShouldBe([0.9]);
    }

    [Fact]
    public void What_a_correction_takes_back_is_owed_in_both_exporters()
    {
        var counter = Registry.Counter("corrected_total", "For this test.", "model");
        var corrected = new CorrectableCounter(counter.Of("m"));
        corrected.Add(10);
        corrected.Add(-4);
        corrected.Add(5);

        Expose(Registry).ShouldContain("accuracy_monitor_corrected_total{model=\"m\"} 11\n");
        List<double> measured = [];
        using var listener = Listen("accuracy_monitor_corrected_total", measured);
        listener.RecordObservableInstruments();
        measured.ShouldBe([11]);
    }

    [Fact]
    public void Label_values_help_and_numbers_are_written_as_the_text_format_wants_them()
    {
        var gauge = Registry.Gauge("odd", "A \\ and a\nline.", "label");
        gauge.Replace(
            new Series(["a\"b\\c\nd"], double.NaN), new Series(["up"], double.PositiveInfinity), new Series(["down"], double.NegativeInfinity),
            new Series(["small"], 2.5e-7));

        Expose(Registry).ShouldBe(
            "# HELP accuracy_monitor_odd A \\\\ and a\\nline.\n"
            + "# TYPE accuracy_monitor_odd gauge\n"
            + "accuracy_monitor_odd{label=\"a\\\"b\\\\c\\nd\"} NaN\n"
            + "accuracy_monitor_odd{label=\"up\"} +Inf\n"
            + "accuracy_monitor_odd{label=\"down\"} -Inf\n"
            + "accuracy_monitor_odd{label=\"small\"} 2.5e-07\n");
    }

    [Fact]
    public void Buckets_of_a_histogram_are_cumulative_and_include_their_bound()
    {
        var histogram = Registry.Histogram("took_seconds", "For this test.", [0.5, 1]);
        histogram.Observe(0.5, 2);
        histogram.Observe(0.75, 1);
        histogram.Observe(3, 1);

        Expose(Registry).ShouldEndWith(
            "accuracy_monitor_took_seconds_bucket{le=\"0.5\"} 2\n"
            + "accuracy_monitor_took_seconds_bucket{le=\"1\"} 3\n"
            + "accuracy_monitor_took_seconds_bucket{le=\"+Inf\"} 4\n"
            + "accuracy_monitor_took_seconds_sum 4.75\n"
            + "accuracy_monitor_took_seconds_count 4\n");
    }

    private static PublishedEstimates Estimates(int models) => PublishedEstimates.None with
    {
        Running = [.. Enumerable.Range(0, models)
            .Select(i => new PublishedRunning(new ModelKey($"m{i}", "1"), new RunningEstimate("beta_binomial", new Interval(0.9, 0.8, 0.95))))],
    };

    internal static string Expose(MetricRegistry registry)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Exposition.Write(registry, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private MeterListener Listen(string name, List<double> measured)
    {
        var listener = new MeterListener
        {
            // Other tests of this process have meters of the same name.
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == name && ReferenceEquals(instrument.Meter.Scope, _services.GetRequiredService<IMeterFactory>()))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => measured.Add(value));
        listener.Start();
        return listener;
    }
}
