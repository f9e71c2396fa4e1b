using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Scoring.Tests.Networks;

public sealed class MonitorBoundsTests
{
    private static readonly ScorerOptions Bounded = new(ExecutionProvider.Cpu) { Bounds = new MonitorBounds() };

    [Fact]
    public void A_valid_file_whose_members_together_need_a_gigabyte_is_refused_from_its_metadata()
    {
        var file = SomeMonitor.File(SomeMonitor.Shape(2, members: 256, dropout: 0, widths: [1024, 1024]));

        var error = Should.Throw<MonitorFileException>(() => EnsembleScorer.Load(file, Bounded));

        error.Message.ShouldContain("hidden_widths 1024×1024, members 256");
        error.Message.ShouldContain("at most 100663296 are allowed (Scoring:MaxMonitorBytes)");
    }

    [Fact]
    public void A_file_that_needs_little_memory_and_much_time_for_a_prediction_is_refused()
    {
        var file = SomeMonitor.File(SomeMonitor.Shape(2, members: 64, dropout: 0.5, widths: [256, 128]));

        var error = Should.Throw<MonitorFileException>(
            () => EnsembleScorer.Load(file, new ScorerOptions(ExecutionProvider.Cpu) { Bounds = new MonitorBounds(FlopsPerPrediction: 1_000_000) }));

        error.Message.ShouldContain("(Scoring:MaxMonitorFlops)");
    }

    [Fact]
    public void A_file_larger_than_a_sixth_of_the_memory_is_refused_before_it_is_parsed()
    {
        var error = Should.Throw<MonitorFileException>(
            () => EnsembleScorer.Load(new byte[1001], new ScorerOptions(ExecutionProvider.Cpu) { Bounds = new MonitorBounds(MemoryBytes: 6000) }));

        error.Message.ShouldContain("1001 bytes; at most 1000 are read");
    }

    [Theory]
    [InlineData(10, MonitorEncoding.SortedLogWithClass)]
    [InlineData(1000, MonitorEncoding.SortedLogWithClass)]
    [InlineData(10_000, MonitorEncoding.SortedLogWithClass)]
    [InlineData(10_000, MonitorEncoding.RawSoftmax)]
    public void A_monitor_of_the_default_shape_is_loaded_at_any_number_of_classes(int classes, MonitorEncoding encoding)
    {
        var shape = SomeMonitor.Shape(classes, encoding, widths: [64, 64]);

        using var scorer = EnsembleScorer.Load(SomeMonitor.File(shape), Bounded);

        scorer.ClassCount.ShouldBe(classes);
    }

    [Fact]
    public void The_cost_of_the_default_shape_is_the_sum_of_its_products()
    {
        var cost = MonitorCost.Of(SomeMonitor.Shape(10, MonitorEncoding.SortedLog, members: 20, dropout: 0.5, widths: [64, 64]));

        cost.Parameters.ShouldBe((13 * 64) + (65 * 64) + 65);
        cost.FlopsPerPrediction.ShouldBe(2 * ((12 * 64) + (64 * 20 * 32) + (20 * 32)));
        cost.MemoryBytes.ShouldBeInRange(2 << 20, 4 << 20);
    }
}
