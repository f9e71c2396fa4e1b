using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>Predictions of two classes, and their labels.</summary>
internal static class Traffic
{
    /// <param name="sidecar">With a budget of 1.</param>
    /// <param name="prefix">Of the ids.</param>
    /// <param name="rows">Predictions.</param>
    /// <param name="predicted">The class they say.</param>
    /// <param name="classes">K.</param>
    /// <param name="version">Of the model m.</param>
    /// <param name="segment">Empty: none.</param>
    public static async Task SendAsync(
        TestSidecar sidecar, string prefix, int rows, int predicted = 0, int classes = 2, string version = "1", string segment = "")
    {
        var row = new float[classes];
        Array.Fill(row, 0.2f / (classes - 1));
        row[predicted] = 0.8f;
        await sidecar.Predictions.ScoreAsync(new ScoreRequest
        {
            Batch = Batches.Of([.. Enumerable.Repeat(row, rows)], Batches.Ids(prefix, rows), version: version, segment: segment),
        });
    }

    public static async Task LabelAsync(TestSidecar sidecar, string prefix, int from, int count, uint label, string version = "1") =>
        await sidecar.Labels.CompleteAsync(new CompleteRequest
        {
            Answers = { Enumerable.Range(from, count)
                .Select(i => new Answer { Model = "m", Version = version, PredictionId = $"{prefix}-{i}", Label = label }) },
        });
}
