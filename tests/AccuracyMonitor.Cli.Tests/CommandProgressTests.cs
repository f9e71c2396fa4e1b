namespace AccuracyMonitor.Cli.Tests;

public class CommandProgressTests
{
    [Fact]
    public async Task Progress_WithoutATerminal_WritesWhatIsSaidAndNothingElse()
    {
        await using var error = new StringWriter { NewLine = "\n" };

        var result = await CommandProgress.RunAsync(error, "Reading", progress =>
        {
            progress.Show("row 1 of 2", 0.5);
            progress.Begin("Writing");
            progress.Say("row 2 is empty");
            return 3;
        });

        result.ShouldBe(3);
        error.ToString().ShouldBe("row 2 is empty\n");
    }

    [Fact]
    public async Task Progress_OfWorkThatFails_PassesTheExceptionOn()
    {
        await using var error = new StringWriter();

        await Should.ThrowAsync<FormatException>(() => CommandProgress.RunAsync(error, "Reading", _ => throw new FormatException("row 1")));

        error.ToString().ShouldBeEmpty();
    }
}
