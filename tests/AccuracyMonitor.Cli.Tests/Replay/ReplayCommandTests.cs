using AccuracyMonitor.Cli.Replay;

namespace AccuracyMonitor.Cli.Tests.Replay;

/// <summary>What is refused before anything is started.</summary>
public sealed class ReplayCommandTests
{
    [Theory]
    [InlineData("", "give --traces FILE or --log FILE, one of them.")]
    [InlineData("--traces a.csv --log b.jsonl", "give --traces FILE or --log FILE, one of them.")]
    [InlineData("--log b.jsonl --conditions clean", "--conditions and --per-condition go with --traces; a log is replayed as it is.")]
    [InlineData("--traces a.csv --speed 2", "--speed goes with --log; a trace has no times.")]
    [InlineData("--traces a.csv --target http://x --budget 0.1", "--budget is Sampling:Budget of the target's own configuration: leave it out with --target.")]
    [InlineData(
        "--traces a.csv --target http://x --objective 0.9", "--objective is Alarms:Objective of the target's own configuration: leave it out with --target.")]
    [InlineData("--traces a.csv --rate -1", "--rate is -1; it must be 0 to 1000000.")]
    [InlineData("--traces a.csv --budget 2", "--budget is 2; it must be 0.0001 to 1.")]
    [InlineData("--traces a.csv --answer-rate 1.5", "--answer-rate is 1.5; it must be 0 to 1.")]
    [InlineData("--traces a.csv --window 1h", "--window (seconds) is 3600; it must be 1 to 900.")]
    [InlineData("--traces a.csv --objective 1", "--objective is 1; it must be 0.01 to 0.9999.")]
    [InlineData("--traces a.csv --plot run.gif", "--plot is 'run.gif'; it must end in .png or .svg.")]
    [InlineData("--traces a.csv --monitor nowhere.onnx", "--monitor is 'nowhere.onnx'; there is no such file.")]
    public async Task Options_that_do_not_fit_are_named_with_their_bound(string arguments, string expected)
    {
        var (code, _, error) = await RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        code.ShouldBe(64);
        error.TrimEnd().ShouldBe(expected);
    }

    [Theory]
    [InlineData("--conditions", "fog", 65, "no condition 'fog'. It has: broken, clean, reference.")]
    [InlineData("--target", "ftp://x", 64, "--target is 'ftp://x'; ")]
    public async Task What_the_file_or_the_address_is_not_is_said(string option, string value, int expected, string message)
    {
        using var trace = ReplayFiles.Trace(rows: 5);

        var (code, _, error) = await RunAsync("--traces", trace.Path, option, value);

        code.ShouldBe(expected);
        error.ShouldContain(message);
    }

    [Fact]
    public async Task A_file_with_nothing_but_a_reference_says_how_to_replay_it()
    {
        using var trace = new TemporaryTrace(".csv", "condition,label,p0,p1\nreference,0,0.5,0.5\n");

        var (code, _, error) = await RunAsync("--traces", trace.Path);

        code.ShouldBe(64);
        error.ShouldContain("To replay it, name it: --conditions reference");
    }

    [Fact]
    public async Task A_log_with_a_defect_is_refused_before_anything_is_sent()
    {
        using var log = new TemporaryTrace(".jsonl", """{"probabilities":[0.5,0.6]}""");

        var (code, output, error) = await RunAsync("--log", log.Path);

        code.ShouldBe(65);
        output.ShouldBe("");
        error.TrimEnd().ShouldBe($"{log.Path}: line 1: sums to 1.1; expected 1 within 0.01.");
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) =>
        CommandRun.InvokeAsync(ReplayCommand.Create(), arguments);
}
