namespace AccuracyMonitor.Cli.Tests;

public class ProgramTests
{
    [Theory]
    [InlineData("evaluate --traces /nowhere --repeats -1", 64, "--repeats is -1; it must be 1 to")]
    [InlineData("evaluate", 64, "Option '--traces' is required.")]
    [InlineData("evaluate --traces /nowhere", 64, "/nowhere: no trace")]
    [InlineData("evaluate --help", 0, "")]
    public async Task Exit_OfBadUsage_IsThatOfEveryBadUsage(string arguments, int expected, string message)
    {
        var (exit, error) = await BuiltProgram.RunAsync(BuiltProgram.Folder, arguments.Split(' '));

        exit.ShouldBe(expected);
        error.ShouldContain(message);
    }
}
