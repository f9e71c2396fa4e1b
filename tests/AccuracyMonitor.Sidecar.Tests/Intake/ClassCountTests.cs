using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Sidecar.Tests.Wire;
using AccuracyMonitor.V1;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Intake;

/// <summary>Who reports another number of classes before the owner does must not keep the owner out.</summary>
public sealed class ClassCountTests
{
    private static readonly float[][] Two = [[0.9f, 0.1f]];
    private static readonly float[][] Three = [[0.8f, 0.1f, 0.1f]];

    [Fact]
    public async Task A_declared_class_count_holds_whoever_reports_first()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Intake:ClassCounts:0=m=3", "--Intake:ClassCounts:1=m:2=2");

        (await ScoreAsync(sidecar, Two)).ShouldBe("CLASS_COUNT_MISMATCH");
        (await ScoreAsync(sidecar, Three)).ShouldBe("OK");
        (await ScoreAsync(sidecar, Two, version: "2")).ShouldBe("OK");
        (await ScoreAsync(sidecar, Three, version: "2")).ShouldBe("CLASS_COUNT_MISMATCH");
    }

    [Fact]
    public async Task A_class_count_that_is_declared_after_a_stranger_came_first_holds_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("am-").FullName;
        string[] requested = ["--Sampling:Budget=1", "--Sampling:Policy=Uniform"];
        await using (var squatted = await TestSidecar.StartInAsync(folder, requested))
        {
            (await ScoreAsync(squatted, Two)).ShouldBe("OK");
            (await ScoreAsync(squatted, Three)).ShouldBe("CLASS_COUNT_MISMATCH");
        }

        await using (var sidecar = await TestSidecar.StartInAsync(folder, [.. requested, "--Intake:ClassCounts:0=m=3"]))
        {
            (await ScoreAsync(sidecar, Three)).ShouldBe("OK");
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("m")]
    [InlineData("m=")]
    [InlineData("=3")]
    [InlineData("m=1")]
    [InlineData("m=10001")]
    [InlineData("m=+3")]
    public async Task What_is_no_class_count_is_an_error_of_the_settings(string entry)
    {
        var folder = Directory.CreateTempSubdirectory("am-").FullName;
        await using var app = SidecarApplication.Build([.. TestSidecar.Settings(folder), $"--Intake:ClassCounts:0={entry}"]);

        Should.Throw<OptionsValidationException>(() => app.Services.GetRequiredService<IStartupValidator>().Validate()).Message
            .ShouldContain($"Intake:ClassCounts: '{entry}' is not MODEL=K");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Names_may_have_the_separators_in_them()
    {
        var counts = DeclaredClassCounts.Parse(["a=b=3", "a:b=4", "a:b:c=5"]);

        (counts.Of(new ModelKey("a=b", "1")), counts.Of(new ModelKey("a", "b")), counts.Of(new ModelKey("a:b", "c"))).ShouldBe((3, 4, 5));
        counts.Of(new ModelKey("a", "1")).ShouldBeNull();
        Should.Throw<FormatException>(() => DeclaredClassCounts.Parse(["a=3", "a=4"])).Message.ShouldContain("two class counts");
    }

    private static async Task<string> ScoreAsync(TestSidecar sidecar, float[][] rows, string version = "1")
    {
        try
        {
            var batch = Batches.Of(rows);
            batch.Version = version;
            await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: TestContext.Current.CancellationToken);
            return "OK";
        }
        catch (RpcException e)
        {
            return e.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason;
        }
    }
}
