using AccuracyMonitor.Evaluation.Recipes;
using AccuracyMonitor.Training;

namespace AccuracyMonitor.Evaluation.Tests.Recipes;

public sealed class RecipeWorkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public async Task A_result_of_another_version_of_the_program_is_made_anew()
    {
        (await OnceAsync("1", "a")).Found.ShouldBeFalse();
        (await OnceAsync("1", "a")).Found.ShouldBeTrue();
        (await OnceAsync("2", "a")).Found.ShouldBeFalse();
    }

    [Fact]
    public async Task A_result_of_another_input_is_made_anew()
    {
        (await OnceAsync("1", "a")).Found.ShouldBeFalse();
        (await OnceAsync("1", "b")).Found.ShouldBeFalse();
    }

    [Fact]
    public void The_version_names_the_builds_of_the_program_and_the_libraries_they_use()
    {
        RecipeWork.ProgramVersion.ShouldContain($"{typeof(MonitorTrainer).Module.ModuleVersionId}");
        RecipeWork.ProgramVersion.ShouldContain("TorchSharp, Version=");
        RecipeWork.ProgramVersion.ShouldContain("MathNet.Numerics, Version=");
    }

    [Fact]
    public void The_numbers_of_a_policy_are_part_of_what_a_monitor_depends_on()
    {
        var options = new TrainingOptions { LearningRatePolicy = "FIX k0=0.01" };
        var measured = options with { PolicyNumbers = new Dictionary<string, string>(StringComparer.Ordinal) { ["auroc"] = "0.9" } };

        RecipeRun.Text(measured).ShouldNotBe(RecipeRun.Text(options));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<(byte[] Bytes, bool Found)> OnceAsync(string version, string input) =>
        new RecipeWork(_folder, version).OnceAsync("train", [input], () => Task.FromResult<byte[]>([1]), TestContext.Current.CancellationToken);
}
