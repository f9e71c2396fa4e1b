using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Grpc.Core;

namespace AccuracyMonitor.Runs.Demo;

/// <param name="Score">The monitor's, as given when the prediction was made.</param>
/// <param name="Confidence">Maximum softmax.</param>
/// <param name="Correct">Whether the prediction was right.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RankedPrediction(float Score, float Confidence, bool Correct);

/// <summary>
/// Learns the score that the monitor gave to some of the predictions, to compare its ranking with the maximum softmax's. The sidecar repeats
/// the score it gave when the same id is sent again, and counts nothing twice.
/// </summary>
internal sealed class RankingProbe(PredictionService.PredictionServiceClient predictions, TimeProvider time)
{
    private const int MaxPerCondition = 20_000;

    // Time enough for the serving application's own report to arrive first; far less than the sidecar remembers ids for.
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    private readonly ConcurrentQueue<Question> _waiting = new();
    private readonly Dictionary<DemoCondition, List<RankedPrediction>> _ranked = [];
    private readonly Lock _gate = new();

    public IReadOnlyList<RankedPrediction> Of(DemoCondition condition)
    {
        lock (_gate)
        {
            return _ranked.TryGetValue(condition, out var list) ? [.. list] : [];
        }
    }

    /// <param name="batch">What was shown.</param>
    /// <param name="answer">With probabilities.</param>
    public void Ask(ImageBatch batch, PredictAnswer answer) => _waiting.Enqueue(new Question(batch, answer, time.GetUtcNow() + Wait));

    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250), time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            while (_waiting.TryPeek(out var question) && question.Due <= time.GetUtcNow() && _waiting.TryDequeue(out _))
            {
                try
                {
                    var response = await predictions.ScoreAsync(new ScoreRequest { Batch = ToBatch(question) }, cancellationToken: cancel);
                    Keep(question, response.Items);
                }
                catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.ResourceExhausted or StatusCode.DeadlineExceeded)
                {
                    // A sample fewer.
                }
            }
        }
    }

    private static PredictionBatch ToBatch(Question question)
    {
        float[] values = [.. question.Answer.Predictions.SelectMany(p => p.Probabilities!)];
        return new PredictionBatch
        {
            Model = DemoProcesses.Model,
            Version = DemoProcesses.Version,
            ClassCount = (uint)question.Answer.Predictions[0].Probabilities!.Count,
            Values = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)),
            Ids = { question.Batch.Ids },
            TimesUnixUs = { question.Batch.Ids.Select(_ => question.Answer.TimeUnixUs) },
        };
    }

    private void Keep(Question question, IEnumerable<ItemResult> items)
    {
        lock (_gate)
        {
            if (!_ranked.TryGetValue(question.Batch.Condition, out var list))
            {
                _ranked[question.Batch.Condition] = list = [];
            }

            var rows = items.Zip(question.Answer.Predictions, question.Batch.Labels);
            list.AddRange(rows.Where(row => row.First.Status == ItemStatus.Duplicate).Take(MaxPerCondition - list.Count)
                .Select(row => new RankedPrediction(row.First.CorrectnessScore, row.Second.Confidence, row.Second.Class == row.Third)));
        }
    }

    private sealed record Question(ImageBatch Batch, PredictAnswer Answer, DateTimeOffset Due);
}
