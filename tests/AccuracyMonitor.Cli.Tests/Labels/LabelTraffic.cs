using System.Runtime.InteropServices;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Cli.Tests.Labels;

/// <summary>Predictions of model m, version 1, for commands about labels.</summary>
internal static class LabelTraffic
{
    /// <summary>Settings with which a label is requested for every prediction.</summary>
    public static readonly string[] Everything =
    [
        "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Sampling:MaxRequestsPerHour=1000000", "--Adaptation:RecalibrateEvery=0",
        "--Estimation:MinSamples=1", "--Estimation:MinLabels=1",
    ];

    public static async Task SendAsync(RunningSidecar sidecar, IReadOnlyList<string> ids, string model = "m", DateTimeOffset? time = null)
    {
        float[] row = [0.5f, 0.3f, 0.2f];
        var predictions = new PredictionService.PredictionServiceClient(sidecar.Channel);
        foreach (var chunk in ids.Chunk(1000))
        {
            var batch = new PredictionBatch
            {
                Model = model,
                Version = "1",
                ClassCount = (uint)row.Length,
                Values = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>([.. Enumerable.Repeat(row, chunk.Length).SelectMany(r => r)])),
                Ids = { chunk },
                Time = time?.ToTimestamp(),
            };
            await predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The current labels by id; null without one.</summary>
    public static async Task<IReadOnlyDictionary<string, int?>> LabelsAsync(RunningSidecar sidecar)
    {
        var service = new LabelService.LabelServiceClient(sidecar.Channel);
        var labels = new Dictionary<string, int?>(StringComparer.Ordinal);
        var request = new ListRequestsRequest();
        do
        {
            var page = await service.ListRequestsAsync(request, cancellationToken: TestContext.Current.CancellationToken);
            foreach (var listed in page.Requests)
            {
                labels.Add(listed.PredictionId, listed.HasLabel ? (int)listed.Label : null);
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return labels;
    }
}
