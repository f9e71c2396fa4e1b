using System.CommandLine;
using AccuracyMonitor.Cli.Demo;
using AccuracyMonitor.Runs.Demo;

namespace AccuracyMonitor.Cli.Tests.Demo;

public sealed class DemoCommandTests
{
    [Theory]
    [InlineData("--seconds 4", "--seconds is 4; it must be 5 to 3600.")]
    [InlineData("--seconds x", "x")]
    [InlineData("--rate 1000000", "--rate is 1000000; it must be 10 to 20000.")]
    [InlineData("--budget 0", "--budget is 0; it must be 0.0001 to 1.")]
    [InlineData("--budget NaN", "--budget is NaN; it must be 0.0001 to 1.")]
    [InlineData("--seed -1", "-1")]
    [InlineData("--colour red", "--colour")]
    public void A_bad_option_is_answered_with_its_bounds(string arguments, string message) =>
        DemoCommand.Create().Parse(arguments).Errors.Select(e => e.Message).ShouldContain(text => text.Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("--epochs 0", "--epochs is 0; it must be 1 to 1000.")]
    [InlineData("--epochs many", "many")]
    public void A_bad_option_of_demo_model_too(string arguments, string message) =>
        DemoModelCommand.Create().Parse(arguments).Errors.Select(e => e.Message).ShouldContain(text => text.Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("")]
    [InlineData("--seconds 15 --rate 3000 --budget 0.02 --output my-run --serve --plain --seed 18446744073709551615")]
    public void What_the_help_shows_parses(string arguments) => DemoCommand.Create().Parse(arguments).Errors.ShouldBeEmpty();

    [Fact]
    public void The_help_has_examples_and_the_demos_own_sidecar_is_hidden()
    {
        DemoCommand.Create().Description.ShouldNotBeNull().ShouldContain("Examples:");
        DemoModelCommand.Create().Description.ShouldNotBeNull().ShouldContain("Examples:");
        DemoServeCommand.Create().Hidden.ShouldBeTrue();
    }
}
