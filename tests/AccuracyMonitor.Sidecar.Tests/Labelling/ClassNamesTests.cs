using AccuracyMonitor.Core;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using AccuracyMonitor.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Sidecar.Tests.Labelling;

/// <summary>Class names from a file: read, served, accepted in answers and recorded with them.</summary>
public sealed class ClassNamesTests : IDisposable
{
    private static readonly string[] Everything = ["--Sampling:Budget=1", "--Sampling:Policy=Uniform"];

    private readonly string _folder = Directory.CreateTempSubdirectory("am-classes-").FullName;

    [Fact]
    public async Task The_names_and_the_guidelines_of_a_model_are_served()
    {
        await using var sidecar = await StartAsync();

        var classes = await sidecar.Labels.GetClassesAsync(new GetClassesRequest { Model = "m" }, cancellationToken: TestContext.Current.CancellationToken);

        classes.Classes.Select(c => c.Name).ShouldBe(["wrong", "right"]);
        classes.Classes[1].Aliases.ShouldBe(["correct"]);
        classes.Version.Length.ShouldBe(16);
        classes.Guidelines.ShouldBe("# Look twice");
        var others = await sidecar.Labels.GetClassesAsync(new GetClassesRequest { Model = "n" }, cancellationToken: TestContext.Current.CancellationToken);
        others.ShouldBe(new GetClassesResponse());
    }

    [Fact]
    public async Task An_answer_by_name_is_stored_as_a_number_with_the_version_of_the_names()
    {
        await using var sidecar = await StartAsync();
        await sidecar.Predictions.ScoreAsync(
            new ScoreRequest { Batch = Batches.Of(Batches.Softmax(6, classes: 2, seed: 1), Batches.Ids("p", 6)) },
            cancellationToken: TestContext.Current.CancellationToken);
        var version = sidecar.Services.GetRequiredService<LabellingFiles>().ClassesOf("m").Version;

        var outcomes = await CompleteAsync(
            sidecar,
            Named("p-0", "Right"),
            Named("p-1", "correct", version),
            Named("p-2", "left"),
            Named("p-3", "right", "of yesterday"),
            new Answer { Model = "m", Version = "1", PredictionId = "p-4", Label = 0, ClassNamesVersion = version },
            Named("p-5", "2"));

        outcomes.Select(o => o.Code).ShouldBe(
            [OutcomeCode.Ok, OutcomeCode.Ok, OutcomeCode.Invalid, OutcomeCode.Invalid, OutcomeCode.Ok, OutcomeCode.LabelOutOfRange]);
        outcomes[2].Reason.ShouldContain("class_name is 'left'");
        outcomes[3].Reason.ShouldContain($"the names in use are '{version}'");
        outcomes.Select(o => o.PredictionId).ShouldBe(Batches.Ids("p", 6));
        (await StoredAsync(sidecar, "p-0")).ShouldBe((1, version));
        (await StoredAsync(sidecar, "p-1")).ShouldBe((1, version));
        (await StoredAsync(sidecar, "p-4")).ShouldBe((0, version));
    }

    [Fact]
    public async Task A_name_needs_its_model_and_stands_alone()
    {
        await using var sidecar = await StartAsync();

        (await CompleteAsync(sidecar, new Answer { LeaseId = "some", ClassName = "right" }))[0].Reason.ShouldContain("class_name needs model");
        var both = Named("p-0", "right");
        both.Label = 1;
        (await Should.ThrowAsync<RpcException>(() => CompleteAsync(sidecar, both))).Status.Detail.ShouldContain("both label and class_name");
    }

    [Fact]
    public void A_file_is_read_again_and_a_bad_one_leaves_the_names_before_it()
    {
        var time = new FakeTimeProvider();
        var path = Write("classes.json", """{"classes": ["a", "b"]}""");
        var files = new LabellingFiles(
            Options.Create(new LabellingOptions { Classes = { ["m"] = path } }), time, NullLogger<LabellingFiles>.Instance);
        files.ClassesOf("m").Find("b").ShouldBe(1u);

        Write("classes.json", """{"classes": ["b", "a"]}""");
        time.Advance(FileSnapshot<ClassTable>.Interval);
        files.ClassesOf("m").Find("b").ShouldBe(0u);

        Write("classes.json", """{"classes": []}""");
        time.Advance(FileSnapshot<ClassTable>.Interval);
        files.ClassesOf("m").Find("b").ShouldBe(0u);
    }

    [Fact]
    public void The_settings_name_every_error_of_every_file()
    {
        var names = Write("bad.json", """{"classes": ["a", "a", ""]}""");
        var large = Write("large.json", new string(' ', BoundedFile.MaxBytes + 1));
        var lengthy = Write("guide.md", new string('x', LabellingFiles.MaxGuidelines + 1));
        using var app = SidecarApplication.Build(
            [.. TestSidecar.Settings(_folder), $"--Labelling:Classes:m={names}", $"--Labelling:Classes:n={large}", "--Labelling:Classes:o=/no/such/file",
                $"--Labelling:Guidelines:m={lengthy}"]);

        var message = Should.Throw<OptionsValidationException>(() => app.Services.GetRequiredService<IStartupValidator>().Validate()).Message;

        message.ShouldContain("classes[1] is 'a', which is also classes[0]");
        message.ShouldContain("classes[2] is empty");
        message.ShouldContain("it may have at most 1048576");
        message.ShouldContain("Labelling:Classes:o cannot be used");
        message.ShouldContain("it may have at most 262144");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Answer Named(string id, string name, string version = "") =>
        new() { Model = "m", Version = "1", PredictionId = id, ClassName = name, ClassNamesVersion = version };

    private static async Task<IReadOnlyList<ItemOutcome>> CompleteAsync(TestSidecar sidecar, params Answer[] answers) => (await sidecar.Labels.CompleteAsync(
        new CompleteRequest { Answers = { answers } }, cancellationToken: TestContext.Current.CancellationToken)).Outcomes;

    private static async Task<(int? Label, string Version)> StoredAsync(TestSidecar sidecar, string id)
    {
        var history = await sidecar.Services.GetRequiredService<MonitorStore>().LabelHistoryAsync(
            new ModelKey("m", "1"), id, TestContext.Current.CancellationToken);
        return (history[^1].Label, history[^1].Conditions.ClassNamesVersion);
    }

    private Task<TestSidecar> StartAsync() => TestSidecar.StartAsync(
    [
        .. Everything, $"--Labelling:Classes:m={Write("classes.json", """{"classes": ["wrong", {"name": "right", "aliases": ["correct"]}]}""")}",
        $"--Labelling:Guidelines:m={Write("guidelines.md", "# Look twice")}",
    ]);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
