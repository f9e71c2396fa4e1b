using AccuracyMonitor.Core;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>
/// Who labelled what, and what others said about the same. Reached through <see cref="MonitorStore.Annotators"/>, whose remarks hold here too.
/// </summary>
public sealed class AnnotatorRecords
{
    private readonly StoreEngine _engine;

    internal AnnotatorRecords(StoreEngine engine) => _engine = engine;

    /// <summary>The second and third opinions about one prediction.</summary>
    public Task<IReadOnlyList<Opinion>> OpinionsAsync(ModelKey key, string predictionId, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => Opinions.Of(c, key, predictionId), cancellation);

    /// <summary>How many current labels an annotator has given since a time.</summary>
    public Task<long> LabelsByAsync(string annotator, DateTimeOffset since, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => RequestReads.LabelsBy(c, annotator, since), cancellation);

    /// <summary>The newest second opinions about a model version with their labels, the oldest first.</summary>
    /// <param name="limit">1–10,000.</param>
    public Task<IReadOnlyList<StoredDouble>> DoublesAsync(ModelKey key, int limit, CancellationToken cancellation = default)
    {
        StoreLimit.Check(limit, 10_000);
        return _engine.ReadAsync(c => AgreementReads.Doubles(c, key, limit), cancellation);
    }

    /// <summary>The current labels of predictions made at or after a time, counted by annotator: those 200 with most.</summary>
    public Task<IReadOnlyList<AnnotatorLabels>> LabelsByAnnotatorAsync(ModelKey key, DateTimeOffset since, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => AgreementReads.ByAnnotator(c, key, since), cancellation);

    /// <summary>How much was answered and how much skipped, of predictions made at or after a time.</summary>
    public Task<AnsweredAndSkipped> SkipsAsync(ModelKey key, DateTimeOffset since, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => AgreementReads.Skips(c, key, since), cancellation);
}
