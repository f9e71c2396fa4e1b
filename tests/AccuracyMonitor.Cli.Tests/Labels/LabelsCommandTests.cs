using System.Text.Json;
using AccuracyMonitor.Cli.Labels;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Tests.Labels;

public sealed class LabelsCommandTests
{
    private static readonly string[] OfModel = ["--model", "m", "--model-version", "1"];

    [Fact]
    public async Task Labels_are_given_skipped_taken_back_and_listed()
    {
        var names = Path.GetTempFileName();
        await File.WriteAllTextAsync(names, """{"classes": ["boot", "coat", {"name": "dress", "aliases": ["gown"]}]}""", TestContext.Current.CancellationToken);
        await using var sidecar = await RunningSidecar.StartAsync(
            [.. LabelTraffic.Everything, $"--Labelling:Classes:m={names}", "--Labelling:SecondOpinionShare=0"]);
        await LabelTraffic.SendAsync(sidecar, ["a=1", "b", "c"]);

        var given = await RunAsync("complete", [.. OfModel, "--annotator", "ann", "a=1=gown", "b=0"]);
        var skipped = await RunAsync("skip", [.. OfModel, "--reason", "too dark, really", "c", "nobody"]);
        var taken = await RunAsync("retract", [.. OfModel, "--annotator", "ann", "b"]);
        var listed = await RunAsync("list", []);
        var revealed = await RunAsync("list", ["--state", "answered,skipped", "--reveal", "--format", "jsonl"]);
        var stats = await RunAsync("stats", []);

        given.ShouldBe((0, "a=1: ok\nb: ok\n", ""));
        (skipped.Code, skipped.Output).ShouldBe((1, "c: ok\n"));
        skipped.Error.ShouldStartWith("nobody: not_found: no label was requested for prediction 'nobody' of m:1");
        taken.ShouldBe((0, "b: ok\n", ""));
        var lines = listed.Output.TrimEnd().Split('\n');
        lines[0].ShouldBe("id,time,model,version,segment,state,label,classes,annotator,labelled,skip_reason,created,expires");
        lines[1].ShouldContain(",skipped,,3,,,\"too dark, really\",");
        lines[2].ShouldContain(",retracted,,3,ann,");
        lines[3].ShouldStartWith("a=1,");
        lines[3].ShouldContain(",answered,2,3,ann,");
        using var first = JsonDocument.Parse(revealed.Output.Split('\n')[0]);
        first.RootElement.GetProperty("probabilities").GetArrayLength().ShouldBe(3);
        first.RootElement.GetProperty("predicted_class").GetInt32().ShouldBe(0);
        revealed.Output.TrimEnd().Split('\n').Length.ShouldBe(2);
        stats.Output.ShouldBe("waiting 0, leased 0, answered 1, skipped 1, expired 0\n");

        Task<(int Code, string Output, string Error)> RunAsync(string verb, string[] arguments) =>
            sidecar.RunAsync(LabelsCommand.Create(), [verb, .. arguments]);
    }

    [Fact]
    public async Task Statistics_of_a_version_say_how_far_its_labels_can_be_trusted()
    {
        await using var sidecar = await RunningSidecar.StartAsync([.. LabelTraffic.Everything, "--Labelling:SecondOpinionShare=1"]);
        await LabelTraffic.SendAsync(sidecar, ["a", "b"]);
        await sidecar.RunAsync(LabelsCommand.Create(), ["complete", .. OfModel, "--annotator", "ann", "a=1", "b=1"]);
        var labels = new LabelService.LabelServiceClient(sidecar.Channel);
        var lease = await labels.LeaseAsync(
            new LeaseRequest { Annotator = "bob", Reveals = true }, cancellationToken: TestContext.Current.CancellationToken);
        await labels.CompleteAsync(
            new CompleteRequest { Answers = { new Answer { LeaseId = lease.Items.Single().LeaseId, Label = 2, Annotator = "bob" } } },
            cancellationToken: TestContext.Current.CancellationToken);

        var stats = await sidecar.RunAsync(LabelsCommand.Create(), ["stats", .. OfModel]);

        stats.ShouldBe((0,
            """
            waiting 0, leased 0, answered 2, skipped 0, expired 0, opinions wanted 2
            labels of the window 2, of these revealed 0
            second opinions 1, agreement 0.0 %, Cohen's kappa 0.00, Krippendorff's alpha 0.00 (0.00 to 0.00)
            label error 66.7 %, by 1 drawn second opinions
            annotator ann: labels 2, revealed 0, second opinions 1, disagreements 1, overruled 0
            annotator bob: labels 0, revealed 0, second opinions 1, disagreements 1, overruled 0

            """, ""));
    }

    [Fact]
    public async Task Opinions_are_listed_one_by_one_and_classes_by_name()
    {
        var names = Path.GetTempFileName();
        await File.WriteAllTextAsync(names, """{"classes": ["boot", "coat", "dress"]}""", TestContext.Current.CancellationToken);
        await using var sidecar = await RunningSidecar.StartAsync(
            [.. LabelTraffic.Everything, $"--Labelling:Classes:m={names}", "--Labelling:SecondOpinionShare=1"]);
        await LabelTraffic.SendAsync(sidecar, ["a"]);
        await LabelTraffic.SendAsync(sidecar, ["nameless"], model: "n");
        await sidecar.RunAsync(LabelsCommand.Create(), ["complete", .. OfModel, "--annotator", "ann", "a=coat"]);
        await sidecar.RunAsync(LabelsCommand.Create(), ["complete", "--model", "n", "--model-version", "1", "nameless=2"]);
        var labels = new LabelService.LabelServiceClient(sidecar.Channel);
        var lease = await labels.LeaseAsync(new LeaseRequest { Annotator = "bob", Model = "m" }, cancellationToken: TestContext.Current.CancellationToken);
        var answer = new Answer { LeaseId = lease.Items.Single().LeaseId, Label = 1, Annotator = "bob", Tool = "page", Revealed = false };
        await labels.CompleteAsync(new CompleteRequest { Answers = { answer } }, cancellationToken: TestContext.Current.CancellationToken);

        var byNumber = await sidecar.RunAsync(LabelsCommand.Create(), ["opinions"]);
        var byName = await sidecar.RunAsync(LabelsCommand.Create(), ["opinions", "--names", "--annotator", "bob"]);
        var nobody = await sidecar.RunAsync(LabelsCommand.Create(), ["opinions", "--annotator", "ann"]);
        var listed = await sidecar.RunAsync(LabelsCommand.Create(), ["list", "--names", "--reveal"]);

        const string Header = "id,model,version,opinion,label,annotator,given,shown_at,answered_at,revealed,tool\n";
        byNumber.Output.ShouldStartWith($"{Header}a,m,1,2,1,bob,");
        byNumber.Output.ShouldEndWith(",,,false,page\n");
        byName.Output.ShouldStartWith($"{Header}a,m,1,2,coat,bob,");
        nobody.Output.ShouldBe(Header);
        listed.Output.ShouldContain(",answered,coat,3,ann,");
        listed.Output.ShouldContain(",answered,2,3,,", customMessage: "a model without names");
        listed.Output.ShouldContain(",boot,", customMessage: "what the model said");
    }

    [Fact]
    public async Task Gold_items_are_imported_checked_measured_and_removed()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "expert.csv");
        await File.WriteAllTextAsync(
            file, "id,label\na,1\nb,0\nc,\nunknown,1\nd,7\n", TestContext.Current.CancellationToken);
        await using var sidecar = await RunningSidecar.StartAsync([.. LabelTraffic.Everything, "--Labelling:SecondOpinionShare=0"]);
        await LabelTraffic.SendAsync(sidecar, ["a", "b", "c", "d"]);

        var dry = await sidecar.RunAsync(LabelsCommand.Create(), ["gold", "import", file, .. OfModel, "--dry-run"]);
        var imported = await sidecar.RunAsync(LabelsCommand.Create(), ["gold", "import", file, .. OfModel]);
        var again = await sidecar.RunAsync(LabelsCommand.Create(), ["gold", "import", file, .. OfModel]);
        await sidecar.RunAsync(LabelsCommand.Create(), ["complete", .. OfModel, "--annotator", "ann", "a=0", "b=0"]);
        var stats = await sidecar.RunAsync(LabelsCommand.Create(), ["stats", .. OfModel]);
        var removed = await sidecar.RunAsync(LabelsCommand.Create(), ["gold", "remove", .. OfModel, "a", "b", "c"]);
        var after = await sidecar.RunAsync(LabelsCommand.Create(), ["stats", .. OfModel]);

        dry.Output.ShouldBe($"{file}: 5 rows: 2 gold items given, 0 replaced, 0 unchanged, 1 without a class, 2 rejected (nothing was changed)\n");
        (imported.Code, imported.Output).ShouldBe(
            (65, $"{file}: 5 rows: 2 gold items given, 0 replaced, 0 unchanged, 1 without a class, 2 rejected\n"));
        imported.Error.ShouldContain($"{file}: line 5: id: no label was requested for prediction 'unknown' of m:1");
        imported.Error.ShouldContain($"{file}: line 6: label: label is 7, must be 0 to 2");
        again.Output.ShouldContain("0 gold items given, 0 replaced, 2 unchanged");
        stats.Output.ShouldContain("gold items 2, label error 50.0 %, standard error 35.4 %; where the model is right 1, wrong 0.0 %; ");
        stats.Output.ShouldContain("; where it is wrong 1, labels that follow it 100.0 %\n");
        stats.Output.ShouldContain("gold items of class 1 answered 0: 1\n");
        stats.Output.ShouldContain("annotator ann: labels 2, revealed 0, second opinions 0, disagreements 0, overruled 0, gold items 2, wrong 50.0 %, ");
        removed.ShouldBe((0, "a: ok\nb: ok\nc: unchanged\n", ""));
        after.Output.ShouldNotContain("gold");
    }

    [Theory]
    [InlineData("list --state lost", 64, "--state has 'lost'; it must be waiting, leased, answered, skipped, expired or retracted.")]
    [InlineData("list --state 3", 64, "--state has '3'; it must be")]
    [InlineData("complete --model m --model-version 1 p-17", 64, "'p-17' is not ID=LABEL")]
    [InlineData("complete p-17=1", 64, "Option '--model' is required.")]
    [InlineData("skip --model m --model-version 1", 64, "Required argument 'predictions' missing")]
    public async Task What_cannot_be_done_is_said(string arguments, int status, string message)
    {
        var (code, _, error) = await CommandRun.InvokeAsync(LabelsCommand.Create(), arguments.Split(' '));

        error.ShouldContain(message);
        code.ShouldBe(status);
    }
}
