using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Sampling;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Sidecar.Tests.Sampling;

public sealed class UniformShareRestartTests
{
    private static readonly ModelKey Key = new("m", "1");

    [Fact]
    public async Task Restart_LabelsHaveMovedTheUniformShare_TheShareIsTheSame()
    {
        var folder = Directory.CreateTempSubdirectory("am-share-").FullName;
        try
        {
            double share;
            await using (var bench = await Workbench.OpenInAsync(folder))
            {
                var model = bench.Model;
                await LabelAsync(bench, 100);
                share = model.UniformShare!.UniformShare;
                share.ShouldBe(1, "confident errors speak for uniform sampling");
            }

            await using var again = await Workbench.OpenInAsync(folder);

            again.Model.UniformShare!.UniformShare.ShouldBe(share);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Every fifth prediction is of high confidence and wrong; the others are uncertain and right.</summary>
    private static async Task LabelAsync(Workbench bench, int count)
    {
        var requests = Enumerable.Range(0, count).Select(i => bench.Request($"r{i}") with { Score = i % 5 == 0 ? 0.99 : 0.6 }).ToArray();
        await bench.Store.EnqueueAsync(requests, [], TestContext.Current.CancellationToken);
        var answers = requests.Select((r, i) => new LabelAnswer { Key = Key, PredictionId = r.PredictionId, Label = i % 5 == 0 ? 1 : 0 }).ToArray();
        await bench.Get<LabelApplier>().WriteAsync(() => bench.Store.CompleteAsync(answers, bench.Clock.GetUtcNow()));
    }
}
