using TorchSharp;

namespace AccuracyMonitor.Training.Tests;

public class TorchRuntimeTests
{
    [Fact]
    public void Libtorch_loads_and_computes_on_one_thread()
    {
        TorchRuntime.IsAvailable(out var reason).ShouldBeTrue(reason);
        reason.ShouldBeEmpty();
        torch.get_num_threads().ShouldBe(1);
        using var sum = torch.ones(3).sum();
        sum.ToSingle().ShouldBe(3);
    }
}
