using System.Runtime.InteropServices;
using AccuracyMonitor.Rules.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf;

namespace AccuracyMonitor.Rules.Tests.Fleet;

/// <summary>
/// One model's stream, dealt to pods unevenly: 60, 30 and 10 % of it, the last with the hardest predictions, so that a mean over pods is not the
/// mean over predictions. Its model states its confidence a tenth too high.
/// </summary>
internal sealed class FleetStream(string model, int predictions, int seed, string segment = "")
{
    private const int Classes = 4;
    private const double Overconfidence = 0.1;
    private const int BatchRows = 500;
    private static readonly double[] Shares = [0.6, 0.3, 0.1];

    private readonly Random _random = new(seed);
    private int _sent;
    private int _right;

    public string Model => model;

    /// <summary>Share right of all that was sent since <see cref="OpenAsync"/>.</summary>
    public double Truth => (double)_right / _sent;

    /// <summary>Lets each pod know the model, so that its counters are there before the stream begins: a counter's first value is no increase.</summary>
    public async Task OpenAsync(IReadOnlyList<ServedSidecar> pods)
    {
        for (var pod = 0; pod < pods.Count; pod++)
        {
            await SendAsync(pods[pod], pod, rows: 1, "open");
        }

        (_sent, _right) = (0, 0);
    }

    /// <summary>Sends the stream and answers every label request.</summary>
    public async Task RunAsync(IReadOnlyList<ServedSidecar> pods)
    {
        for (var pod = 0; pod < pods.Count; pod++)
        {
            var left = (int)(predictions * Shares[pod]);
            for (var batch = 0; left > 0; batch++)
            {
                var rows = Math.Min(BatchRows, left);
                await SendAsync(pods[pod], pod, rows, $"{batch}");
                left -= rows;
            }
        }
    }

    private async Task SendAsync(ServedSidecar sidecar, int pod, int rows, string name)
    {
        var values = new float[rows * Classes];
        var labels = new uint[rows];
        for (var row = 0; row < rows; row++)
        {
            labels[row] = Draw(values.AsSpan(row * Classes, Classes), hard: pod == Shares.Length - 1);
        }

        var answer = await new PredictionService.PredictionServiceClient(sidecar.Channel).ScoreAsync(new ScoreRequest
        {
            Batch = new PredictionBatch
            {
                Model = model,
                Version = "1",
                Segment = segment,
                ClassCount = Classes,
                Values = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())),
                Ids = { Enumerable.Range(0, rows).Select(i => $"{segment}{pod}-{name}-{i}") },
            },
        });
        answer.Accepted.ShouldBe((uint)rows);
        _sent += rows;
        var answers = answer.Items.Select((item, row) => (item, row)).Where(i => i.item.LabelRequested)
            .Select(i => new Answer { Model = model, Version = "1", PredictionId = i.item.Id, Label = labels[i.row] }).ToArray();
        if (answers.Length > 0)
        {
            await new LabelService.LabelServiceClient(sidecar.Channel).CompleteAsync(new CompleteRequest { Answers = { answers } });
        }
    }

    private uint Draw(Span<float> row, bool hard)
    {
        var top = _random.Next(row.Length);
        var confidence = hard ? 0.4 + (0.4 * _random.NextDouble()) : 0.7 + (0.299 * _random.NextDouble());
        row.Fill((float)((1 - confidence) / (row.Length - 1)));
        row[top] = (float)confidence;
        var right = _random.NextDouble() < confidence - Overconfidence;
        _right += right ? 1 : 0;
        return (uint)(right ? top : (top + 1 + _random.Next(row.Length - 1)) % row.Length);
    }
}
