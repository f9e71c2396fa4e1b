using AccuracyMonitor.Sidecar.Agreement;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Reads what is known of a model version's annotators as it is now.</summary>
internal sealed class LabelQualityReader(MonitorStore store, IOptions<EstimationOptions> settings)
{
    /// <summary>Second opinions and answers to gold items.</summary>
    public async Task<LabelQuality> ReadAsync(ModelState model, CancellationToken cancel) => LabelQuality.Of(
        await store.Annotators.DoublesAsync(model.Key, LabelQuality.MaxDoubles, cancel),
        await store.Annotators.GoldAnswersAsync(model.Key, LabelQuality.MaxGoldAnswers, cancel),
        model.ClassCount,
        settings.Value.Alpha);

    public Task<IReadOnlyList<AnnotatorLabels>> LabelsByAnnotatorAsync(ModelState model, DateTimeOffset since, CancellationToken cancel) =>
        store.Annotators.LabelsByAnnotatorAsync(model.Key, since, cancel);

    public Task<AnsweredAndSkipped> SkipsAsync(ModelState model, DateTimeOffset since, CancellationToken cancel) =>
        store.Annotators.SkipsAsync(model.Key, since, cancel);
}
