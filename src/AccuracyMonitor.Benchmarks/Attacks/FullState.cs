using System.Globalization;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Grpc.Core;

namespace AccuracyMonitor.Benchmarks.Attacks;

/// <summary>Every cap of the default settings reached at once, with little traffic.</summary>
internal static class FullState
{
    private const int Versions = 64;
    private const int Segments = 33;
    private const int Classes = 128;

    public static readonly Attack Attack = new("full-state", $"{Versions} versions × {Segments} segments × {Classes} classes, each seen once", RunAsync);

    private static async Task<string> RunAsync(AttackedSidecar sidecar, CancellationToken cancel)
    {
        var rows = new float[Classes * Classes];
        for (var i = 0; i < Classes; i++)
        {
            rows[(i * Classes) + i] = 1;
        }

        var all = BenchSidecar.Message(0, rows, Classes).Batch;
        all.Ids.Clear();
        var one = all.Clone();
        one.Values = ByteString.CopyFrom(all.Values.Span[..(Classes * sizeof(float))]);
        Dictionary<string, int> outcomes = [];
        var bytes = 0L;
        for (var version = 0; version < Versions && sidecar.IsAlive; version++)
        {
            for (var segment = 0; segment < Segments && sidecar.IsAlive; segment++)
            {
                var batch = (segment == 0 ? all : one).Clone();
                batch.Version = version.ToString(CultureInfo.InvariantCulture);
                batch.Segment = segment.ToString(CultureInfo.InvariantCulture);
                bytes += batch.CalculateSize();
                string outcome;
                try
                {
                    await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, deadline: AttackedSidecar.Deadline(20), cancellationToken: cancel);
                    outcome = "OK";
                }
                catch (RpcException e)
                {
                    outcome = e.StatusCode.ToString();
                }

                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            }
        }

        await Task.Delay(TimeSpan.FromSeconds(15), cancel);
        var metrics = await sidecar.MetricsAsync(cancel);
        var calls = string.Join(", ", outcomes.Select(o => $"{o.Value} × {o.Key}"));
        return $"{bytes / 1e6:0.0} MB: {calls}; /metrics {metrics.Sum(l => l.Length + 1L) / 1e6:0.0} MB";
    }
}
