using System.Text.Json;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Sidecar.Tests.Clients;

/// <summary>The example clients in other languages, run as their page says, against the real sidecar over its socket.</summary>
public sealed class ExampleClientTests
{
    private const int Sent = 301;
    private static readonly string Examples = Path.Combine(Repository.Root, "src", "clients");

    [Theory]
    [InlineData("python")]
    [InlineData("typescript")]
    public async Task A_batch_is_reported_and_the_labels_asked_for_are_given(string language)
    {
        await using var sidecar = await TestSidecar.StartAsync("--Sampling:Budget=0.5");

        var said = await ExampleAsync(language, $"unix://{Path.Combine(sidecar.Folder, "am.sock")}");

        said["accepted"].ShouldBe(Sent - 1);
        said["rejected"].ShouldBe(1, "the one that is not a number");
        said["dropped_invalid"].ShouldBe(1, "the one that is too short");
        said["wanted"].ShouldBeInRange(80, 220);
        said["labelled"].ShouldBe(said["wanted"]);
        said["inputs_attached"].ShouldBe(said["wanted"]);
        (await sidecar.MetricAsync($"accuracy_monitor_predictions_total{{model=\"{language}-example\",version=\"1\"}}")).ShouldBe(Sent - 1);
        var queue = (await sidecar.Labels.GetQueueAsync(new GetQueueRequest { Model = $"{language}-example" })).State;
        (queue.Waiting, queue.Answered).ShouldBe((0u, (ulong)said["wanted"]));
    }

    [Theory]
    [InlineData("python")]
    [InlineData("typescript")]
    public async Task Without_a_sidecar_the_application_goes_on_and_all_is_counted_as_dropped(string language)
    {
        var said = await ExampleAsync(language, "unix:///nowhere/at/all.sock");

        said["dropped_unavailable"].ShouldBe(Sent);
        said["dropped_invalid"].ShouldBe(1);
        said["wanted"].ShouldBe(0);
    }

    [Fact]
    public void The_line_that_the_page_shows_is_the_example_s()
    {
        var example = File.ReadAllText(Path.Combine(Examples, "python", "example.py"));
        example.ShouldContain(Block("py"));
    }

    /// <summary>Runs the page's commands on a copy of the example.</summary>
    /// <returns>What the example prints last: a JSON object of counts.</returns>
    internal static async Task<Dictionary<string, int>> ExampleAsync(string language, string address, string authorityAndToken = "", string proxy = "")
    {
        using var client = new ClientCopy(language);
        var output = await client.RunAsync(
            Block($"sh {language}"), ("ADDRESS", address), ("AUTHORITY_AND_TOKEN", authorityAndToken), ("http_proxy", proxy), ("no_proxy", ""));
        return JsonSerializer.Deserialize<Dictionary<string, int>>(output.Trim().Split('\n')[^1])!;
    }

    /// <summary>A block of code of the page.</summary>
    internal static string Block(string kind) => File.ReadAllText(Path.Combine(Repository.Root, "docs", "guides", "connect-python-typescript.md"))
        .Split($"```{kind}\n")[1].Split("\n```")[0];
}
