using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Tests;
using AccuracyMonitor.V1;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Pages;

/// <summary>People on the pages, in a real Chromium.</summary>
public sealed class LabelPageTests : IDisposable
{
    private static readonly string[] Everything =
        ["--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Estimation:MinSamples=1", "--Estimation:MinLabels=5", "--Adaptation:RecalibrateEvery=0"];

    private readonly string _folder = Directory.CreateTempSubdirectory("am-page-").FullName;

    [Fact]
    public async Task Thirty_requests_are_labelled_by_keyboard_alone()
    {
        await using var sidecar = await StartAsync(rows: 30);

        TestContext.Current.TestOutputHelper?.WriteLine(await Browser.RunAsync("keyboard", sidecar.HttpAddress));

        var version = sidecar.Services.GetRequiredService<LabellingFiles>().ClassesOf("m").Version;
        for (var i = 0; i < 30; i++)
        {
            var label = (await HistoryAsync(sidecar, $"p-{i}")).ShouldHaveSingleItem();
            label.Label!.Value.ShouldBeInRange(0, 1);
            label.Annotator.ShouldBe("ann");
            (label.Conditions.Tool, label.Conditions.Revealed, label.Conditions.ClassNamesVersion).ShouldBe(("page", false, version));
            label.Conditions.AnsweredAt!.Value.ShouldBeGreaterThan(label.Conditions.ShownAt!.Value);
        }
    }

    [Fact]
    public async Task An_answer_is_taken_back_and_a_request_is_skipped_for_a_reason()
    {
        await using var sidecar = await StartAsync(rows: 6);

        using var said = JsonDocument.Parse(await Browser.RunAsync("undo", sidecar.HttpAddress));

        (await HistoryAsync(sidecar, Text(said, "answered"))).Select(l => l.Label).ShouldBe([0, null, 1]);
        var listed = await sidecar.Labels.ListRequestsAsync(
            new ListRequestsRequest { States = { RequestState.Skipped } }, cancellationToken: TestContext.Current.CancellationToken);
        var skipped = listed.Requests.ShouldHaveSingleItem();
        (skipped.PredictionId, skipped.SkipReason).ShouldBe((Text(said, "skipped"), "none of the classes"));
    }

    [Fact]
    public async Task Every_key_of_the_guide_does_what_it_says_there()
    {
        // Another key in the guide needs another step in the scenario.
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "guides", "labelling.md"), TestContext.Current.CancellationToken);
        guide.Split("| key | what it does |\n|---|---|\n")[1].Split("\n\n")[0].Split('\n').Select(row => row.Split('|')[1].Trim()).ShouldBe(
            ["`1`…`0`, then letters", "`/`", "space, then `1`…`5`", "Backspace, Ctrl+Z", "`g`", "`?`"]);

        // With ten classes or fewer there is no search.
        await using var sidecar = await TestSidecar.StartAsync([.. Everything, .. Classes(12)]);
        await SendAsync(sidecar, rows: 6, classes: 12);

        using var said = JsonDocument.Parse(await Browser.RunAsync("guide", sidecar.HttpAddress));

        (await HistoryAsync(sidecar, Text(said, "answered"))).Select(l => l.Label).ShouldBe([1, null, 0, null, 1]);
        var listed = await sidecar.Labels.ListRequestsAsync(
            new ListRequestsRequest { States = { RequestState.Skipped } }, cancellationToken: TestContext.Current.CancellationToken);
        listed.Requests.Select(r => (r.PredictionId, r.SkipReason)).ShouldBe([(Text(said, "skipped"), "several fit")]);
    }

    [Fact]
    public async Task Who_does_nothing_loses_his_request_and_is_told()
    {
        await using var sidecar = await StartAsync(rows: 6, "--Labelling:LeaseDuration=3s", "--Labelling:ExpiryInterval=500ms");

        await Browser.RunAsync("lease", sidecar.HttpAddress);
    }

    [Fact]
    public async Task Two_annotators_at_once_never_answer_the_same_request()
    {
        await using var sidecar = await StartAsync(rows: 24);

        await Browser.RunAsync("two", sidecar.HttpAddress);

        var queue = await sidecar.Labels.GetQueueAsync(new GetQueueRequest(), cancellationToken: TestContext.Current.CancellationToken);
        queue.State.Answered.ShouldBe(16u);
    }

    [Fact]
    public async Task Answers_given_while_the_sidecar_is_away_arrive_when_it_is_back()
    {
        string[] settings = [.. Everything, $"--Listen:HttpPort={Ports.Free()}", .. Classes(2)];
        var sidecar = await TestSidecar.StartInAsync(_folder, settings);
        try
        {
            await SendAsync(sidecar, rows: 8, classes: 2);
            using var said = JsonDocument.Parse(await Browser.RunAsync("away", sidecar.HttpAddress, async command =>
            {
                if (command == "stop")
                {
                    await sidecar.DisposeAsync();
                }
                else
                {
                    sidecar = await TestSidecar.StartInAsync(_folder, settings);
                }
            }));

            (await HistoryAsync(sidecar, Text(said, "two"))).ShouldHaveSingleItem().Label.ShouldBe(1);
            (await HistoryAsync(sidecar, Text(said, "one"))).ShouldHaveSingleItem().Label.ShouldBe(0);
        }
        finally
        {
            await sidecar.DisposeAsync();
        }
    }

    [Fact]
    public async Task One_of_a_thousand_classes_is_found_by_typing()
    {
        await using var sidecar = await TestSidecar.StartAsync([.. Everything, .. Classes(1000)]);
        await SendAsync(sidecar, rows: 6, classes: 1000);

        using var said = JsonDocument.Parse(await Browser.RunAsync("search", sidecar.HttpAddress));

        (await HistoryAsync(sidecar, Text(said, "answered"))).ShouldHaveSingleItem().Label.ShouldBe(512);
    }

    [Fact]
    public async Task Beyond_this_machine_a_person_signs_in_with_his_token()
    {
        var tokens = Path.Combine(_folder, "tokens");
        await File.WriteAllTextAsync(
            tokens, $"ann {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("ann-token")))}\n", TestContext.Current.CancellationToken);
        await using var sidecar = await StartAsync(
            rows: 6, "--Listen:Address=0.0.0.0", $"--Access:TokenFile={tokens}", "--Access:Grants:0=token:ann=label,read");

        using var said = JsonDocument.Parse(
            await Browser.RunAsync("signIn", sidecar.HttpAddress.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)));

        (await HistoryAsync(sidecar, Text(said, "answered"))).ShouldHaveSingleItem().Annotator.ShouldBe("token:ann");
    }

    [Fact]
    public async Task Who_asks_to_see_the_models_answer_sees_it_and_his_label_says_so()
    {
        await using var sidecar = await StartAsync(rows: 12, "--Labelling:Reveal=true");

        using var said = JsonDocument.Parse(await Browser.RunAsync("reveal", sidecar.HttpAddress));

        (await HistoryAsync(sidecar, Text(said, "answered"))).ShouldHaveSingleItem().Conditions.Revealed.ShouldBe(true);
        (await HistoryAsync(sidecar, Text(said, "hidden"))).ShouldHaveSingleItem().Conditions.Revealed.ShouldBe(true);
    }

    [Fact]
    public async Task Undoing_a_second_opinion_leaves_the_first_annotators_label_alone()
    {
        await using var sidecar = await StartAsync(rows: 2, "--Labelling:SecondOpinionShare=1");
        var leased = await sidecar.Labels.LeaseAsync(
            new LeaseRequest { MaxItems = 2, Annotator = "ann" }, cancellationToken: TestContext.Current.CancellationToken);
        await sidecar.Labels.CompleteAsync(
            new CompleteRequest { Answers = { leased.Items.Select(i => new Answer { LeaseId = i.LeaseId, Label = 0, Annotator = "ann" }) } },
            cancellationToken: TestContext.Current.CancellationToken);

        using var said = JsonDocument.Parse(await Browser.RunAsync("opinion", sidecar.HttpAddress));

        var store = sidecar.Services.GetRequiredService<MonitorStore>();
        foreach (var (name, opinions) in ((string, int?[])[])[("again", [1]), ("refused", [])])
        {
            (await HistoryAsync(sidecar, Text(said, name))).ShouldHaveSingleItem().Label.ShouldBe(0);
            (await store.Annotators.OpinionsAsync(new ModelKey("m", "1"), Text(said, name), TestContext.Current.CancellationToken))
                .Select(o => (int?)o.Label).ShouldBe(opinions);
        }
    }

    [Fact]
    public async Task A_request_is_skipped_after_its_answer_was_taken_back()
    {
        await using var sidecar = await StartAsync(rows: 6);

        using var said = JsonDocument.Parse(await Browser.RunAsync("skipAfterUndo", sidecar.HttpAddress));

        var listed = await sidecar.Labels.ListRequestsAsync(
            new ListRequestsRequest { States = { RequestState.Skipped } }, cancellationToken: TestContext.Current.CancellationToken);
        var skipped = listed.Requests.ShouldHaveSingleItem();
        (skipped.PredictionId, skipped.SkipReason).ShouldBe((Text(said, "skipped"), "none of the classes"));
    }

    [Fact]
    public async Task Two_tabs_of_one_annotator_do_not_undo_an_undo()
    {
        await using var sidecar = await StartAsync(rows: 12);

        using var said = JsonDocument.Parse(await Browser.RunAsync("tabs", sidecar.HttpAddress));

        (await HistoryAsync(sidecar, Text(said, "undone"))).Select(l => l.Label).ShouldBe([0, null]);
    }

    [Fact]
    public async Task What_was_asked_for_before_a_choice_is_not_shown_after_it()
    {
        await using var sidecar = await StartAsync(rows: 8, "--Labelling:Reveal=true");

        await Browser.RunAsync("late", sidecar.HttpAddress);
    }

    [Fact]
    public async Task Only_the_sidecar_refuses_an_answer_and_a_refusal_is_read_before_it_goes()
    {
        await using var sidecar = await StartAsync(rows: 12);

        using var said = JsonDocument.Parse(await Browser.RunAsync("refusals", sidecar.HttpAddress));

        (await HistoryAsync(sidecar, Text(said, "proxy"))).ShouldHaveSingleItem().Label.ShouldBe(0);
        (await HistoryAsync(sidecar, Text(said, "refused"))).ShouldBeEmpty();
        (await HistoryAsync(sidecar, Text(said, "last"))).ShouldHaveSingleItem().Label.ShouldBe(0);
    }

    [Fact]
    public async Task Every_page_keeps_WCAG_AA_in_light_and_dark_on_a_phone_and_a_wide_screen()
    {
        var guidelines = Path.Combine(_folder, "guidelines.md");
        await File.WriteAllTextAsync(
            guidelines,
            "# Shoes\n\nLook at the *sole*.\n\n<script>window.hacked = 1</script>\n\n[here](javascript:window.hacked=1) ![x](https://example.com/x.png)\n",
            TestContext.Current.CancellationToken);
        await using var sidecar = await StartAsync(
            rows: 60, $"--Labelling:Guidelines:m={guidelines}", "--Alarms:Objective=0.9", "--Labelling:DashboardAddress=https://grafana.example/");
        var leased = await sidecar.Labels.LeaseAsync(
            new LeaseRequest { MaxItems = 30, Annotator = "bob" }, cancellationToken: TestContext.Current.CancellationToken);
        await sidecar.Labels.CompleteAsync(
            new CompleteRequest { Answers = { leased.Items.Select(i => new Answer { LeaseId = i.LeaseId, Label = i.PredictedClass, Annotator = "bob" }) } },
            cancellationToken: TestContext.Current.CancellationToken);

        await Browser.RunAsync("accessibility", sidecar.HttpAddress);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Text(JsonDocument said, string name) => said.RootElement.GetProperty(name).GetString()!;

    private static Task<IReadOnlyList<LabelEntry>> HistoryAsync(TestSidecar sidecar, string id) =>
        sidecar.Services.GetRequiredService<MonitorStore>().LabelHistoryAsync(new ModelKey("m", "1"), id, TestContext.Current.CancellationToken);

    private static async Task SendAsync(TestSidecar sidecar, int rows, int classes) => await sidecar.Predictions.ScoreAsync(
        new ScoreRequest { Batch = Batches.Of(Batches.Softmax(rows, classes, seed: 1), Batches.Ids("p", rows)) },
        cancellationToken: TestContext.Current.CancellationToken);

    private async Task<TestSidecar> StartAsync(int rows, params string[] settings)
    {
        var sidecar = await TestSidecar.StartAsync([.. Everything, .. Classes(2), .. settings]);
        await SendAsync(sidecar, rows, classes: 2);
        return sidecar;
    }

    private string[] Classes(int count)
    {
        var path = Path.Combine(_folder, $"classes-{count}.json");
        File.WriteAllText(path, JsonSerializer.Serialize(new
        {
            classes = Enumerable.Range(0, count)
                .Select(i => i.ToString(CultureInfo.InvariantCulture))
                .Select(i => new { name = $"kind {i}", aliases = (string[])[$"aka {i}"], colour = "#aa5500", group = "Kinds" }),
        }));
        return [$"--Labelling:Classes:m={path}"];
    }
}
