using AccuracyMonitor.Cli.Administration;

namespace AccuracyMonitor.Cli.Tests.Administration;

public sealed class ForgetCommandTests
{
    [Fact]
    public async Task It_says_what_was_deleted()
    {
        await using var sidecar = await RunningSidecar.StartAsync();

        var (code, output, error) = await sidecar.RunAsync(ForgetCommand.Create(), "--model", "m");
        var (_, ids, _) = await sidecar.RunAsync(ForgetCommand.Create(), "--model", "m", "--model-version", "1", "--id", "a", "b");

        (code, error).ShouldBe((0, ""));
        output.ShouldBe("0 label requests and 0 monitors deleted.\n");
        ids.ShouldBe("0 of 2 predictions had a label request, which is deleted.\n");
    }

    [Fact]
    public async Task Ids_without_a_version_delete_nothing()
    {
        await using var sidecar = await RunningSidecar.StartAsync();

        var (code, _, error) = await sidecar.RunAsync(ForgetCommand.Create(), "--model", "m", "--id", "a");

        code.ShouldNotBe(0);
        error.ShouldContain("--id needs --model-version");
    }
}
