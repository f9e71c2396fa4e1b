using System.Diagnostics;
using AccuracyMonitor.Runs.Demo;

namespace AccuracyMonitor.Runs.Tests.Demo;

public sealed class ChildProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("child-tests-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_line_is_found_whether_it_came_before_or_after_the_question()
    {
        await using var child = Shell("echo first; sleep 0.2; echo port 42; exec sleep 60");

        var later = await child.WaitForLineAsync(l => l.StartsWith("port ", StringComparison.Ordinal) ? l[5..] : null, TimeSpan.FromSeconds(20), Cancel);
        var earlier = await child.WaitForLineAsync(l => l == "first" ? l : null, TimeSpan.FromSeconds(20), Cancel);

        later.ShouldBe("42");
        earlier.ShouldBe("first");

        // The shell becomes another program just now, and that begins with a page.
        await Eventually.TrueAsync(() => Task.FromResult(child.PeakMemory() > 100_000), "the child has more than 100,000 bytes");
    }

    [Fact]
    public async Task A_process_that_dies_leaves_its_exit_code_and_last_lines()
    {
        await using var child = Shell("echo getting ready; echo no such disk >&2; exit 3");

        var error = await Should.ThrowAsync<DemoException>(child.WaitForLineAsync(_ => null, TimeSpan.FromSeconds(20), Cancel));

        error.Message.ShouldContain("The test process ended by itself with exit code 3.");
        error.Message.ShouldContain("getting ready");
        error.Message.ShouldContain("no such disk");
        (await File.ReadAllTextAsync(child.LogPath, Cancel)).ShouldContain("no such disk");
    }

    [Fact]
    public async Task A_process_that_is_slow_to_start_is_given_up_with_its_last_lines()
    {
        await using var child = Shell("echo still waiting; exec sleep 60");
        await child.WaitForLineAsync(l => l, TimeSpan.FromSeconds(20), Cancel);

        (await Should.ThrowAsync<DemoException>(child.WaitForLineAsync(_ => null, TimeSpan.FromMilliseconds(100), Cancel)))
            .Message.ShouldContain("still waiting");
    }

    [Fact]
    public async Task It_is_asked_to_stop_and_may_finish_its_work()
    {
        var child = Shell("trap 'echo said goodbye; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
        await child.WaitForLineAsync(l => l == "ready" ? l : null, TimeSpan.FromSeconds(20), Cancel);

        await child.DisposeAsync();

        (await File.ReadAllTextAsync(child.LogPath, Cancel)).ShouldContain("said goodbye");
    }

    [Fact]
    public async Task One_that_does_not_stop_is_killed_with_its_own_children()
    {
        var child = Shell("trap '' TERM; sleep 300 & echo child $!; while :; do sleep 0.05; done", patience: TimeSpan.FromMilliseconds(300));
        var grandchild = int.Parse(await child.WaitForLineAsync(
            l => l.StartsWith("child ", StringComparison.Ordinal) ? l[6..] : null, TimeSpan.FromSeconds(20), Cancel));

        await child.DisposeAsync();

        SpinWait.SpinUntil(() => !Processes.IsRunning(grandchild), TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    [Fact]
    public void A_program_that_is_not_there_is_named() =>
        Should.Throw<DemoException>(() => ChildProcess.Start("test process", ["/nonexistent/program"], [], Path.Combine(_folder, "log")))
            .Message.ShouldContain("/nonexistent/program");

    private ChildProcess Shell(string script, TimeSpan? patience = null) =>
        ChildProcess.Start("test process", ["/bin/sh", "-c"], [script], Path.Combine(_folder, Guid.NewGuid().ToString("N")), patience);
}
