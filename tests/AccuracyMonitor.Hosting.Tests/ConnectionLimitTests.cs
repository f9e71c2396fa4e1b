namespace AccuracyMonitor.Hosting.Tests;

public sealed class ConnectionLimitTests
{
    /// <summary>Five listeners with one file a connection (socket, gRPC, HTTP, sink, probes of the tap), and two ports of the tap with two.</summary>
    [Theory]
    [InlineData(1024)]
    [InlineData(4096)]
    [InlineData(1_048_576)]
    public void All_listeners_that_are_full_leave_the_process_files_of_its_own(int openFiles)
    {
        var ofOthers = 5 * ConnectionLimit.BoundOf(int.MaxValue, openFiles, filesEach: 1);
        var ofTap = 2 * 2 * ConnectionLimit.BoundOf(int.MaxValue, openFiles, filesEach: 2);

        (ofOthers + ofTap).ShouldBeInRange(openFiles / 2, openFiles - 128);
    }

    [Fact]
    public void The_files_of_a_container_are_enough_for_the_defaults()
    {
        ConnectionLimit.BoundOf(256, 1_048_576, filesEach: 1).ShouldBe(256, "the sink");
        ConnectionLimit.BoundOf(1024, 1_048_576, filesEach: 2).ShouldBe(1024, "a port of the tap");
        ConnectionLimit.BoundOf(64, 128, filesEach: 1).ShouldBe(1);
    }
}
