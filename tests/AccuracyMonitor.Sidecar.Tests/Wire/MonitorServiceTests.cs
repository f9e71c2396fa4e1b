using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Wire;

public sealed class MonitorServiceTests
{
    private static readonly string[] Settings =
        ["--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Adaptation:RecalibrateEvery=0", "--Sampling:MaxRequestsPerHour=100000"];

    [Fact]
    public async Task Labels_that_contradict_the_scores_promote_a_head_which_survives_a_restart_and_can_be_rolled_back()
    {
        var cancel = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("am-").FullName;
        string promoted;
        await using (var sidecar = await TestSidecar.StartInAsync(folder, Settings))
        {
            await LabelAsync(sidecar, "a", 200, rightShare: 0.5);
            var answer = await sidecar.Monitors.AdaptMonitorAsync(
                new AdaptMonitorRequest { Model = "m", Version = "1", Kind = AdaptationKind.Recalibration }, cancellationToken: cancel);
            answer.Decision.Promoted.ShouldBeTrue(answer.Decision.Reason);
            answer.Decision.ChallengerLoss.ShouldBeLessThan(answer.Decision.ChampionLoss);
            promoted = answer.Monitor.MonitorVersion;
            promoted.ShouldNotBe("softmax");

            var scored = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.9f, 0.1f]]) }, cancellationToken: cancel);
            scored.MonitorVersion.ShouldBe(promoted);
            scored.MonitorValid.ShouldBeTrue();
            scored.Items[0].CorrectnessScore.ShouldBeInRange(0.3f, 0.7f);
        }

        await using (var restarted = await TestSidecar.StartInAsync(folder, Settings))
        {
            var scored = await restarted.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.9f, 0.1f]]) }, cancellationToken: cancel);
            scored.MonitorVersion.ShouldBe(promoted);
            scored.Items[0].CorrectnessScore.ShouldBeInRange(0.3f, 0.7f);

            var back = await restarted.Monitors.RollBackMonitorAsync(new RollBackMonitorRequest { Model = "m", Version = "1" }, cancellationToken: cancel);
            back.Monitor.MonitorVersion.ShouldBe("softmax");
            scored = await restarted.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.9f, 0.1f]]) }, cancellationToken: cancel);
            scored.Items[0].CorrectnessScore.ShouldBe(0.9f, 1e-4f);
            var nothing = await Should.ThrowAsync<RpcException>(async () =>
                await restarted.Monitors.RollBackMonitorAsync(new RollBackMonitorRequest { Model = "m", Version = "1" }));
            nothing.StatusCode.ShouldBe(StatusCode.FailedPrecondition);

            await restarted.Monitors.ActivateMonitorAsync(
                new ActivateMonitorRequest { Model = "m", Version = "1", MonitorVersion = promoted }, cancellationToken: cancel);
            var listed = await restarted.Monitors.ListMonitorsAsync(new ListMonitorsRequest { Model = "m" }, cancellationToken: cancel);
            listed.Monitors.Single(m => m.Active).MonitorVersion.ShouldBe(promoted);
            listed.Monitors.Select(m => m.MonitorVersion).ShouldBe([promoted, "softmax"], ignoreOrder: true);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_challenger_without_evidence_is_refused_and_the_numbers_recorded()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        await LabelAsync(sidecar, "a", 10, rightShare: 0.8);

        var tooFew = await sidecar.Monitors.AdaptMonitorAsync(
            new AdaptMonitorRequest { Model = "m", Version = "1", Kind = AdaptationKind.Recalibration }, cancellationToken: cancel);
        tooFew.Decision.Promoted.ShouldBeFalse();
        tooFew.Decision.Reason.ShouldContain("10 labels");

        await LabelAsync(sidecar, "b", 200, rightShare: 0.8);
        var noGain = await sidecar.Monitors.AdaptMonitorAsync(
            new AdaptMonitorRequest { Model = "m", Version = "1", Kind = AdaptationKind.Recalibration }, cancellationToken: cancel);
        noGain.Decision.Promoted.ShouldBeFalse(noGain.Decision.Reason);
        noGain.Decision.Labels.ShouldBeGreaterThan(19u);
        noGain.Monitor.MonitorVersion.ShouldBe("softmax");
    }

    [Fact]
    public async Task A_ternary_monitor_is_fine_tuned_by_labels_without_libtorch_and_stays_ternary()
    {
        var cancel = TestContext.Current.CancellationToken;
        var file = Path.Combine(Directory.CreateTempSubdirectory("am-").FullName, "monitor.tmon");
        await File.WriteAllBytesAsync(file, TernaryMonitor(), cancel);
        await using var sidecar = await TestSidecar.StartAsync([.. Settings, "--Training:Mode=Off", $"--Monitor:Artifact={file}"]);
        await LabelAsync(sidecar, "a", 300, rightShare: 0.3);

        var answer = await sidecar.Monitors.AdaptMonitorAsync(
            new AdaptMonitorRequest { Model = "m", Version = "1", Kind = AdaptationKind.FineTuning }, cancellationToken: cancel);

        answer.Decision.Promoted.ShouldBeTrue(answer.Decision.Reason);
        var scored = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.8f, 0.2f]]) }, cancellationToken: cancel);
        scored.MonitorVersion.ShouldBe(answer.Monitor.MonitorVersion);
        scored.Items[0].CorrectnessScore.ShouldBe(0.3f, 0.05f);
        await LabelAsync(sidecar, "b", 300, rightShare: 0.9);
        var again = await sidecar.Monitors.AdaptMonitorAsync(
            new AdaptMonitorRequest { Model = "m", Version = "1", Kind = AdaptationKind.FineTuning }, cancellationToken: cancel);
        again.Decision.Promoted.ShouldBeTrue("what was promoted is ternary too, so it can be fine-tuned again: " + again.Decision.Reason);
    }

    [Fact]
    public async Task Without_libtorch_a_networks_last_layer_is_adapted_and_what_was_before_comes_back_bit_for_bit()
    {
        var cancel = TestContext.Current.CancellationToken;
        var file = Path.Combine(Directory.CreateTempSubdirectory("am-").FullName, "monitor.onnx");
        var (shape, weights) = TernaryFile.Read(TernaryMonitor());
        var dense = weights.ToDense();
        dense.Layers[0].Weights[0] += 0.01f;
        await File.WriteAllBytesAsync(file, MonitorFile.Write(shape, dense).Onnx, cancel);
        await using var sidecar = await TestSidecar.StartAsync([.. Settings, "--Training:Mode=Off", $"--Monitor:Artifact={file}"]);
        var before = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.8f, 0.2f]]) }, cancellationToken: cancel);
        await LabelAsync(sidecar, "a", 300, rightShare: 0.3);

        var answer = await sidecar.Monitors.AdaptMonitorAsync(
            new AdaptMonitorRequest { Model = "m", Version = "1", Kind = AdaptationKind.FineTuning }, cancellationToken: cancel);

        answer.Decision.Promoted.ShouldBeTrue(answer.Decision.Reason);
        var scored = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.8f, 0.2f]]) }, cancellationToken: cancel);
        scored.Items[0].CorrectnessScore.ShouldBe(0.3f, 0.05f);
        await sidecar.Monitors.RollBackMonitorAsync(new RollBackMonitorRequest { Model = "m", Version = "1" }, cancellationToken: cancel);
        var back = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.8f, 0.2f]]) }, cancellationToken: cancel);
        back.MonitorVersion.ShouldBe(before.MonitorVersion);
        back.Items[0].CorrectnessScore.ShouldBe(before.Items[0].CorrectnessScore);
    }

    [Fact]
    public async Task Fine_tuning_needs_libtorch_and_the_refusal_says_so()
    {
        await using var sidecar = await TestSidecar.StartAsync([.. Settings, "--Training:Mode=Off", "--Adaptation:FineTuneMethod=FineTune"]);
        await LabelAsync(sidecar, "a", 200, rightShare: 0.3);

        var error = await Should.ThrowAsync<RpcException>(async () => await sidecar.Monitors.AdaptMonitorAsync(
            new AdaptMonitorRequest { Model = "m", Version = "1", Kind = AdaptationKind.FineTuning }));

        error.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason.ShouldBe("TRAINING_OFF");
    }

    [Fact]
    public async Task A_roll_back_to_a_damaged_monitor_is_refused_and_the_champion_stays_also_after_a_restart()
    {
        var cancel = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("am-").FullName;
        var heads = new List<string>();
        await using (var sidecar = await TestSidecar.StartInAsync(folder, Settings))
        {
            foreach (var (prefix, share) in ((string, double)[])[("a", 0.4), ("b", 0.9)])
            {
                await LabelAsync(sidecar, prefix, 200, share);
                var answer = await sidecar.Monitors.AdaptMonitorAsync(
                    new AdaptMonitorRequest { Model = "m", Version = "1", Kind = AdaptationKind.Recalibration }, cancellationToken: cancel);
                answer.Decision.Promoted.ShouldBeTrue(answer.Decision.Reason);
                heads.Add(answer.Monitor.MonitorVersion);
            }
        }

        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(folder, "am.db")};Pooling=False"))
        {
            connection.Open();
            using var damage = connection.CreateCommand();
            damage.CommandText = "UPDATE monitors SET head = x'00112233' WHERE monitor_version = $version";
            damage.Parameters.AddWithValue("$version", heads[0]);
            damage.ExecuteNonQuery().ShouldBe(1);
        }

        for (var life = 0; life < 2; life++)
        {
            await using var sidecar = await TestSidecar.StartInAsync(folder, Settings);
            var scored = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.9f, 0.1f]]) }, cancellationToken: cancel);
            scored.MonitorVersion.ShouldBe(heads[1]);
            var error = await Should.ThrowAsync<RpcException>(async () =>
                await sidecar.Monitors.RollBackMonitorAsync(new RollBackMonitorRequest { Model = "m", Version = "1" }));
            error.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
            error.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason.ShouldBe("MONITOR_FILE_REFUSED");
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_foreign_or_truncated_monitor_file_is_refused_and_the_champion_stays()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        await LabelAsync(sidecar, "a", 1, rightShare: 1);

        foreach (var bytes in (byte[][])[[], [1, 2, 3], "this is no ONNX file"u8.ToArray()])
        {
            var error = await Should.ThrowAsync<RpcException>(async () => await sidecar.Monitors.RegisterMonitorAsync(
                new RegisterMonitorRequest { Model = "m", Version = "1", Onnx = ByteString.CopyFrom(bytes) }));
            error.StatusCode.ShouldBe(StatusCode.InvalidArgument);
            error.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason.ShouldBe("MONITOR_FILE_REFUSED");
        }

        var unknown = await Should.ThrowAsync<RpcException>(async () =>
            await sidecar.Monitors.ActivateMonitorAsync(new ActivateMonitorRequest { Model = "m", Version = "1", MonitorVersion = "none" }));
        unknown.StatusCode.ShouldBe(StatusCode.NotFound);
        var scored = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.9f, 0.1f]]) }, cancellationToken: cancel);
        scored.MonitorVersion.ShouldBe("softmax");
    }

    [Fact]
    public async Task A_valid_file_beyond_the_memory_for_monitors_is_refused_with_the_bound_and_the_remedy()
    {
        await using var sidecar = await TestSidecar.StartAsync([.. Settings, "--Scoring:MaxMonitorBytes=1048576"]);
        var (shape, weights) = TernaryFile.Read(TernaryMonitor());

        var error = await Should.ThrowAsync<RpcException>(async () => await sidecar.Monitors.RegisterMonitorAsync(
            new RegisterMonitorRequest { Model = "m", Version = "1", Onnx = ByteString.CopyFrom(MonitorFile.Write(shape, weights.ToDense()).Onnx) }));

        error.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        error.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason.ShouldBe("MONITOR_FILE_REFUSED");
        error.Status.Detail.ShouldContain("at most 1048576 are allowed (Scoring:MaxMonitorBytes)");
        error.Status.Detail.ShouldContain("raise the setting");
    }

    internal static byte[] TernaryMonitor()
    {
        var shape = new MonitorMetadata
        {
            ClassCount = 2,
            Encoding = MonitorEncoding.SortedLog,
            HiddenWidths = [4],
            Members = 5,
            DropoutRate = 0.2,
            MaskSeed = 1
        };
        var width = FeatureEncoding.Width(shape.Encoding, 2);
        sbyte[] trits = [.. Enumerable.Range(0, width * 4).Select(i => (sbyte)((i % 3) - 1))];
        return TernaryFile.Write(shape, new TernaryWeights(
            new float[width], [.. Enumerable.Repeat(1f, width)], 1,
            [new TernaryLayer(width, 4, trits, 0.1f, new float[4]), new TernaryLayer(4, 1, [1, -1, 0, 1], 0.1f, [0])])).File;
    }

    /// <summary>Predictions of confidence 0.8, labelled so that the given share is right.</summary>
    private static async Task LabelAsync(TestSidecar sidecar, string prefix, int rows, double rightShare)
    {
        var vectors = Enumerable.Repeat(new[] { 0.8f, 0.2f }, rows).ToArray();
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(vectors, Batches.Ids(prefix, rows)) });
        await sidecar.Labels.CompleteAsync(new CompleteRequest
        {
            Answers = { Enumerable.Range(0, rows)
                .Select(i => new Answer { Model = "m", Version = "1", PredictionId = $"{prefix}-{i}", Label = i % 10 < rightShare * 10 ? 0u : 1u }) },
        });
    }
}
