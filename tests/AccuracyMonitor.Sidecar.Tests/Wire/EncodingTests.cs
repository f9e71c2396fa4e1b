using System.Runtime.InteropServices;
using AccuracyMonitor.Client;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Wire;

public sealed class EncodingTests
{
    private const int Classes = 120;

    [Fact]
    public async Task The_top_k_encoding_is_scored_like_the_dense_row()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("am-").FullName, "monitor.onnx");
        await File.WriteAllBytesAsync(file, SortedMonitor(), TestContext.Current.CancellationToken);
        await using var sidecar = await TestSidecar.StartAsync($"--Monitor:Artifact={file}", "--Adaptation:RecalibrateEvery=0");
        var rows = Rows(40);

        var dense = await ScoreAsync(sidecar, Batches.Of(rows, Batches.Ids("dense", 40)));
        var brief = await ScoreAsync(sidecar, Short(rows, 10, "short"));

        dense.MonitorVersion.ShouldNotBe("softmax");
        dense.SufficientEncoding.ShouldBe(ValueEncoding.Top);
        dense.SufficientTop.ShouldBe(10u);
        brief.Accepted.ShouldBe(40u);
        for (var i = 0; i < 40; i++)
        {
            brief.Items[i].CorrectnessScore.ShouldBe(dense.Items[i].CorrectnessScore, 1e-6f);
            brief.Items[i].Disagreement.ShouldBe(dense.Items[i].Disagreement, 1e-6f);
        }
    }

    [Fact]
    public async Task A_ternary_monitor_scores_in_the_sidecar_as_it_does_without_ONNX_Runtime()
    {
        var (metadata, dense) = MonitorFile.Read(SortedMonitor());
        var packed = TernaryFile.Write(metadata, new TernaryWeights(
            dense.FeatureMean, dense.FeatureScale, dense.ConfidenceScale,
            [.. dense.Layers.Select(l => new TernaryLayer(l.Inputs, l.Outputs, [.. l.Weights.Select(w => (sbyte)Math.Round(2 * w))], 0.3f, l.Bias))])).File;
        var file = Path.Combine(Directory.CreateTempSubdirectory("am-").FullName, "monitor.tmon");
        await File.WriteAllBytesAsync(file, packed, TestContext.Current.CancellationToken);
        await using var sidecar = await TestSidecar.StartAsync($"--Monitor:Artifact={file}", "--Adaptation:RecalibrateEvery=0");
        var rows = Rows(40);
        using var scorer = TernaryScorer.Load(packed);
        var logits = new float[40];
        scorer.Score(rows.SelectMany(r => r).ToArray(), 40, Classes, logits, new float[40]);

        var answer = await ScoreAsync(sidecar, Batches.Of(rows, Batches.Ids("ternary", 40)));

        answer.MonitorVersion.ShouldNotBe("softmax");
        for (var i = 0; i < 40; i++)
        {
            answer.Items[i].CorrectnessScore.ShouldBe(1 / (1 + MathF.Exp(-logits[i])), 1e-4f);
        }
    }

    [Fact]
    public async Task A_top_k_row_for_a_monitor_that_reads_dense_rows_is_scored_as_one_whose_tail_mass_is_spread_evenly()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("am-").FullName, "monitor.onnx");
        await File.WriteAllBytesAsync(file, SortedMonitor(MonitorEncoding.SortedLogWithClass), TestContext.Current.CancellationToken);
        await using var sidecar = await TestSidecar.StartAsync($"--Monitor:Artifact={file}", "--Adaptation:RecalibrateEvery=0");
        var rows = Rows(40);
        var spread = rows.Select(row =>
        {
            var top = row.OrderDescending().Take(10).ToArray();
            return row.Select(v => v >= top[^1] ? v : (1 - top.Sum()) / (Classes - 10)).ToArray();
        }).ToArray();

        var dense = await ScoreAsync(sidecar, Batches.Of(spread, Batches.Ids("dense", 40)));
        var brief = await ScoreAsync(sidecar, Short(rows, 10, "short"));

        dense.SufficientEncoding.ShouldBe(ValueEncoding.Float16);
        for (var i = 0; i < 40; i++)
        {
            brief.Items[i].CorrectnessScore.ShouldBe(dense.Items[i].CorrectnessScore, 1e-5f);
        }
    }

    [Fact]
    public async Task Halves_of_logarithms_are_scored_like_the_dense_row_but_for_rounding()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var rows = Rows(40);
        var halves = Batches.Of(rows, Batches.Ids("half", 40));
        halves.Form = OutputForm.Logits;
        halves.Encoding = ValueEncoding.Float16;
        halves.Values = ByteString.CopyFrom(MemoryMarshal.AsBytes(rows.SelectMany(r => r.Select(p => (Half)MathF.Log(p))).ToArray().AsSpan()));

        var dense = await ScoreAsync(sidecar, Batches.Of(rows, Batches.Ids("dense", 40)));
        var half = await ScoreAsync(sidecar, halves);

        dense.SufficientEncoding.ShouldBe(ValueEncoding.Float16, "a head may be learned, which reads the dense row");
        half.Accepted.ShouldBe(40u);
        for (var i = 0; i < 40; i++)
        {
            half.Items[i].CorrectnessScore.ShouldBe(dense.Items[i].CorrectnessScore, 1e-3f);
        }
    }

    [Theory]
    [InlineData(200f)]
    [InlineData(-3000f)]
    public async Task Logits_far_from_zero_are_a_softmax_all_the_same(float shift)
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var batch = Batches.Of([[3f + shift, 1f + shift]], ["a"]);
        batch.Form = OutputForm.Logits;

        var response = await ScoreAsync(sidecar, batch);

        response.Items[0].CorrectnessScore.ShouldBe((float)(1 / (1 + Math.Exp(-2))), 1e-4f);
    }

    [Fact]
    public async Task A_short_row_that_can_be_no_rows_top_is_rejected_with_the_reason_and_its_neighbours_count()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var batch = Short(Rows(6), 2, "p");
        var values = MemoryMarshal.Cast<byte, float>(batch.Values.ToByteArray()).ToArray();
        var classes = MemoryMarshal.Cast<byte, ushort>(batch.TopClasses.ToByteArray()).ToArray();
        (values[3], values[4]) = (values[4], values[3]);
        classes[4] = Classes;
        classes[7] = classes[6];
        (values[12], values[13], values[14]) = (0.5f, 1e-4f, 0.4999f);
        values[16] = float.NaN;
        batch.Values = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()));
        batch.TopClasses = ByteString.CopyFrom(MemoryMarshal.AsBytes(classes.AsSpan()));

        var response = await ScoreAsync(sidecar, batch);

        response.Items.Select(i => i.Status).ShouldBe(
            [ItemStatus.Accepted, ItemStatus.InvalidTop, ItemStatus.InvalidTop, ItemStatus.InvalidTop, ItemStatus.InvalidTop, ItemStatus.NotFinite]);
        response.Items[1].Reason.ShouldContain("must fall");
        response.Items[2].Reason.ShouldContain("below class_count = 120");
        response.Items[3].Reason.ShouldContain("named twice");
        response.Items[4].Reason.ShouldContain("can't hold it");
        (await sidecar.MetricAsync("accuracy_monitor_rejected_total{reason=\"INVALID_TOP\"}")).ShouldBe(4);
    }

    [Fact]
    public async Task A_short_batch_is_bounded_by_what_it_is_when_dense()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Intake:MaxQueuedValues=1024");

        (await ScoreAsync(sidecar, Short(Rows(8), 2, "taken"))).Accepted.ShouldBe(8u);
        var error = await Should.ThrowAsync<RpcException>(async () => await ScoreAsync(sidecar, Short(Rows(9), 2, "refused")));

        error.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        error.Status.Detail.ShouldContain($"{9 * Classes} values when dense; at most 1024 are taken");
    }

    [Theory]
    [InlineData(0u, 9u, OutputForm.Probabilities, "batch.encoding")]
    [InlineData(0u, 3u, OutputForm.Probabilities, "batch.top")]
    [InlineData(65u, 3u, OutputForm.Probabilities, "batch.top")]
    [InlineData(3u, 3u, OutputForm.Logits, "batch.form")]
    [InlineData(3u, 3u, OutputForm.Probabilities, "batch.values")]
    [InlineData(2u, 3u, OutputForm.Probabilities, "batch.top_classes")]
    public async Task A_batch_whose_lengths_do_not_fit_is_refused_naming_the_field(uint top, uint encoding, OutputForm form, string field)
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var batch = Short(Rows(5), 2, "p");
        (batch.Top, batch.Encoding, batch.Form) = (top, (ValueEncoding)encoding, form);
        batch.TopClasses = batch.TopClasses.Memory[2..] is var cut ? ByteString.CopyFrom(cut.Span) : ByteString.Empty;

        var error = await Should.ThrowAsync<RpcException>(async () => await ScoreAsync(sidecar, batch));

        error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations[0].Field.ShouldBe(field);
    }

    [Fact]
    public async Task The_client_sends_the_short_form_once_told_and_bad_rows_in_full()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Adaptation:RecalibrateEvery=0");
        await using var client = MonitorClient.Connect(new MonitorClientOptions
        {
            Address = $"unix://{Path.Combine(sidecar.Folder, "am.sock")}",
            Model = "m",
            Version = "1",
            ClassCount = Classes,
        });
        client.Encoding.ShouldBe(ValueEncoding.Float32);
        var rows = Rows(30);
        foreach (var (row, i) in rows.Select((r, i) => (r, i)))
        {
            client.Observe(row, $"first-{i}").ShouldBeTrue();
        }

        await Eventually.TrueAsync(() => Task.FromResult(client.Encoding == ValueEncoding.Top), "the client is told");
        rows[3][5] = -0.25f;
        foreach (var (row, i) in rows.Select((r, i) => (r, i)))
        {
            client.Observe(row, $"second-{i}").ShouldBeTrue();
        }

        await Eventually.TrueAsync(
            async () => await sidecar.MetricAsync("accuracy_monitor_rejected_total{reason=\"NEGATIVE\"}") == 1, "the bad row is counted");
        await Eventually.TrueAsync(
            async () => await sidecar.MetricAsync("accuracy_monitor_predictions_total{model=\"m\",version=\"1\"}") == 59, "the good rows are counted");
    }

    private static async Task<ScoreResponse> ScoreAsync(TestSidecar sidecar, PredictionBatch batch) =>
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: TestContext.Current.CancellationToken);

    private static float[][] Rows(int count)
    {
        var random = new Random(11);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var row = Enumerable.Range(0, Classes).Select(_ => MathF.Exp(7 * random.NextSingle())).ToArray();
            row[random.Next(Classes)] *= 20;
            var sum = row.Sum();
            return row.Select(v => v / sum).ToArray();
        })];
    }

    private static PredictionBatch Short(float[][] rows, int top, string prefix)
    {
        var order = rows.Select(row => Enumerable.Range(0, Classes).OrderByDescending(k => row[k]).Take(top).ToArray()).ToArray();
        var batch = Batches.Of(rows, Batches.Ids(prefix, rows.Length));
        batch.Encoding = ValueEncoding.Top;
        batch.Top = (uint)top;
        batch.Values = ByteString.CopyFrom(MemoryMarshal.AsBytes(
            rows.SelectMany((row, r) => order[r].Select(k => row[k]).Append(1 - order[r].Sum(k => row[k]))).ToArray().AsSpan()));
        batch.TopClasses = ByteString.CopyFrom(MemoryMarshal.AsBytes(order.SelectMany(o => o.Select(k => (ushort)k)).ToArray().AsSpan()));
        return batch;
    }

    private static byte[] SortedMonitor(MonitorEncoding encoding = MonitorEncoding.SortedLog)
    {
        var random = new Random(5);
        float[] Draw(int n) => [.. Enumerable.Range(0, n).Select(_ => random.NextSingle() - 0.5f)];
        var inputs = FeatureEncoding.Width(encoding, Classes);
        var metadata = new MonitorMetadata
        {
            Encoding = encoding,
            ClassCount = Classes,
            Members = 20,
            MaskSeed = 7,
            DropoutRate = 0.2,
            HiddenWidths = [16, 8],
            CalibrationScale = 1,
            CalibrationShift = 0,
            ReferenceCount = 1000,
            ReferenceAccuracy = 0.9,
            TrainingNumbers = new Dictionary<string, string>(StringComparer.Ordinal),
        };
        return MonitorFile.Write(metadata, new MonitorWeights(
            Draw(inputs),
            [.. Draw(inputs).Select(s => Math.Abs(s) + 0.1f)],
            0.7f,
            [new DenseLayer(inputs, 16, Draw(inputs * 16), Draw(16)), new DenseLayer(16, 8, Draw(128), Draw(8)), new DenseLayer(8, 1, Draw(8), Draw(1))])).Onnx;
    }
}
