using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Sidecar.Tests.Robustness;

public sealed class ShutdownTests
{
    [Fact]
    public async Task On_SIGTERM_everything_counted_is_flushed_and_an_open_stream_is_ended_and_not_waited_for()
    {
        var folder = Directory.CreateTempSubdirectory("am-term-").FullName;
        await using (var sidecar = SidecarProcess.Start(folder, "--Listen:ShutdownTimeout=5m", "--Storage:FlushInterval=10m", "--Sampling:Budget=0.0001"))
        {
            await sidecar.ReadyAsync();
            var client = new PredictionService.PredictionServiceClient(sidecar.Channel);
            await client.ScoreAsync(new ScoreRequest { Batch = Batches.Of(Batches.Softmax(500, 4, 1), Batches.Ids("t", 500)) });
            using var stream = client.Observe();
            await stream.RequestStream.WriteAsync(new ObserveRequest { Batch = Batches.Of(Batches.Softmax(10, 4, 2), Batches.Ids("u", 10)) });

            (await stream.ResponseStream.MoveNext(CancellationToken.None)).ShouldBeTrue();
            await sidecar.TerminateAsync();

            // A sidecar that waited for the stream would take the five minutes; ExitedAsync gives up long before.
            (await sidecar.ExitedAsync()).ShouldBe(0);
        }

        await using (var again = SidecarProcess.Start(folder))
        {
            await again.ReadyAsync();
            await new PredictionService.PredictionServiceClient(again.Channel).ScoreAsync(new ScoreRequest { Batch = Batches.Of(Batches.Softmax(1, 4, 3)) });
            var estimate = (await new EstimateService.EstimateServiceClient(again.Channel).GetEstimateAsync(
                new GetEstimateRequest { Model = "m", Version = "1", Window = Duration.FromTimeSpan(TimeSpan.FromHours(1)) })).Estimate;
            estimate.Predictions.ShouldBe(511u);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_second_sidecar_on_the_same_socket_or_database_is_refused_with_a_reason()
    {
        var folder = Directory.CreateTempSubdirectory("am-two-").FullName;
        await using (var first = SidecarProcess.Start(folder))
        {
            await first.ReadyAsync();
            await using var sameSocket = SidecarProcess.Start(folder);
            (await sameSocket.ExitedAsync()).ShouldBe(1);
            (await sameSocket.ErrorsAsync()).ShouldContain("Listen:Socket");

            await using var sameDatabase = SidecarProcess.Start(folder, $"--Listen:Socket={Path.Combine(folder, "other.sock")}");
            (await sameDatabase.ExitedAsync()).ShouldBe(1);
            (await sameDatabase.ErrorsAsync()).ShouldContain("Cannot start");
            await first.ReadyAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_bad_configuration_is_told_all_at_once_and_exits_with_64()
    {
        var folder = Directory.CreateTempSubdirectory("am-conf-").FullName;
        await using (var sidecar = SidecarProcess.Start(folder, "--Sampling:Budget=7", "--Listen:HttpPort=70000", "--Monitor:Artifact=/nope.onnx"))
        {
            (await sidecar.ExitedAsync()).ShouldBe(64);
            var errors = await sidecar.ErrorsAsync();
            errors.ShouldContain("Sampling:Budget is '7'; it must be between 0.0001 and 1.");
            errors.ShouldContain("Listen:HttpPort is '70000'");
            errors.ShouldContain("Monitor:Artifact is '/nope.onnx'; there is no such file.");
        }

        await using (var sidecar = SidecarProcess.Start(folder, "--Sampling:Bugdet=0.1", "--Sampling:UniformShare=half", "--Sampel:UniformShare=1"))
        {
            (await sidecar.ExitedAsync()).ShouldBe(64);
            var errors = await sidecar.ErrorsAsync();
            errors.ShouldContain("Sampling:Bugdet is no setting; Sampling has AdaptUniformShare, Budget");
            errors.ShouldContain("Sampling:UniformShare is 'half'; it must be a number.");
            errors.ShouldContain("Sampel is no section");
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_damaged_monitor_file_stops_the_start_and_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("am-file-").FullName;
        var file = Path.Combine(folder, "monitor.onnx");
        await File.WriteAllTextAsync(file, "no monitor");
        await using (var sidecar = SidecarProcess.Start(folder, $"--Monitor:Artifact={file}"))
        {
            (await sidecar.ExitedAsync()).ShouldBe(64);
            (await sidecar.ErrorsAsync()).ShouldContain(file);
        }

        Directory.Delete(folder, recursive: true);
    }
}
