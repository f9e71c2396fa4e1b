namespace AccuracyMonitor.Cli.Tests;

public class ProgressConsoleTests
{
    /// <summary>Spectre's static console allows one live display in a process, and two commands at once failed by it.</summary>
    [Fact]
    public async Task Two_commands_may_show_their_progress_at_once() =>
        (await ProgressConsole.Bars().StartAsync(_ => ProgressConsole.Status().StartAsync("Range test", _ => Task.FromResult(3)))).ShouldBe(3);
}
