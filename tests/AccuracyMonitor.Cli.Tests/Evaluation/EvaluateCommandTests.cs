using System.CommandLine;
using System.Text.Json;
using AccuracyMonitor.Cli.Evaluation;
using AccuracyMonitor.Cli.Tests.Traces;

namespace AccuracyMonitor.Cli.Tests.Evaluation;

public class EvaluateCommandTests
{
    [Fact]
    public async Task The_table_tells_every_method_apart_in_every_family_and_repeats_itself()
    {
        using var npz = MadeUp();
        var path = npz.Write();
        var json = Path.ChangeExtension(path, ".json");
        try
        {
            var (code, table, error) = await RunAsync("--traces", path, "--budget", "60", "--window", "1000", "--repeats", "10", "--json", json);

            error.ShouldBe("");
            code.ShouldBe(0);
            foreach (var family in new[] { "clean", "concept", "covariate", "shifted" })
            {
                table.Split('\n').Count(line => line.Contains($" {family} ")).ShouldBeGreaterThanOrEqualTo(6);
            }

            (await RunAsync("--traces", path, "--budget", "60", "--window", "1000", "--repeats", "10")).Output.ShouldBe(table);

            using var document = JsonDocument.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
            var clean = document.RootElement.GetProperty("families").EnumerateArray().Single(f => f.GetProperty("family").GetString() == "clean");
            var audited = clean.GetProperty("methods").GetProperty("audited");
            audited.GetProperty("windows").GetInt32().ShouldBe(100);
            audited.GetProperty("coverage").GetDouble().ShouldBeGreaterThan(0.85);
            Math.Abs(audited.GetProperty("bias").GetDouble()).ShouldBeLessThan(0.05);
        }
        finally
        {
            File.Delete(json);
        }
    }

    [Fact]
    public async Task Alarms_are_measured_when_asked_for()
    {
        using var npz = MadeUp();
        var (code, table, _) = await RunAsync("--traces", npz.Write(), "--budget", "30", "--window", "500", "--repeats", "2", "--alarms");
        code.ShouldBe(0);
        table.Split('\n').Count(line => line.StartsWith(npz.Name, StringComparison.Ordinal) && line.Contains(" validity ")).ShouldBe(7);
    }

    [Fact]
    public async Task Another_seed_draws_other_windows()
    {
        using var npz = MadeUp();
        var path = npz.Write();
        var one = await RunAsync("--traces", path, "--budget", "30", "--window", "500", "--repeats", "2");
        var other = await RunAsync("--traces", path, "--budget", "30", "--window", "500", "--repeats", "2", "--seed", "2");
        other.Output.ShouldNotBe(one.Output);
    }

    [Fact]
    public async Task A_trace_without_reference_is_refused_by_name()
    {
        using var npz = new NpzWriter().Add("clean__probs", "<f4", "1, 2", 0.5f, 0.5f).Add<ushort>("clean__labels", "<u2", "1,", 1);
        var (code, _, error) = await RunAsync("--traces", npz.Write());
        code.ShouldBe(65);
        error.ShouldContain($"{npz.Path}: no condition 'reference'");
    }

    [Fact]
    public async Task Nothing_to_read_is_a_usage_error()
    {
        var (code, _, error) = await RunAsync("--traces", "/nowhere");
        code.ShouldBe(64);
        error.ShouldContain("/nowhere: no .npz file");
    }

    [Theory]
    [InlineData("--budget", "0", "--budget must be at least 1")]
    [InlineData("--repeats", "-1", "--repeats must be at least 1")]
    [InlineData("--budget", "20000", "--budget 20000 is more than --window 10000")]
    public async Task Numbers_out_of_range_are_named(string option, string value, string expected)
    {
        var (code, _, error) = await RunAsync("--traces", "/nowhere", option, value);
        code.ShouldNotBe(0);
        error.ShouldContain(expected);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, Error = error };
        var code = await EvaluateCommand.Create().Parse(arguments).InvokeAsync(configuration, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    private static NpzWriter MadeUp()
    {
        var npz = new NpzWriter();
        var random = new Random(5);
        foreach (var (condition, drop) in new[] { ("reference", 0.0), ("clean", 0.0), ("fog_3", 0.3) })
        {
            var probabilities = new float[900];
            var labels = new ushort[300];
            for (var i = 0; i < 300; i++)
            {
                var confidence = 0.4f + (0.6f * (float)Math.Sqrt(random.NextDouble()));
                probabilities[3 * i] = confidence;
                probabilities[(3 * i) + 1] = (1 - confidence) * 0.7f;
                probabilities[(3 * i) + 2] = (1 - confidence) * 0.3f;
                labels[i] = (ushort)(random.NextDouble() < confidence - drop ? 0 : 1);
            }

            npz.Add($"{condition}__probs", "<f4", "300, 3", probabilities).Add($"{condition}__labels", "<u2", "300,", labels);
        }

        return npz;
    }
}
