using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Agreement;
using AccuracyMonitor.Storage.Audit;

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

    /// <summary>Second and third opinions, newest first.</summary>
    public Task<IReadOnlyList<OpinionListing>> OpinionsAsync(OpinionQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        StoreLimit.Check(query.Limit, 10_000);
        return _engine.ReadAsync(c => Opinions.Page(c, query), cancellation);
    }

    /// <summary>Says of label requests what their true class is. At most 1000.</summary>
    /// <returns>One for each, in order.</returns>
    public Task<IReadOnlyList<ItemResult>> SetGoldAsync(IReadOnlyList<GoldClass> items, Origin origin, CancellationToken cancellation = default)
    {
        LabellingLimits.CheckBatch(items, nameof(items));
        var batch = items.ToArray();
        return _engine.WriteAsync<IReadOnlyList<ItemResult>>(c => GoldClasses.Set(c, batch, origin), 100L * batch.Length, cancellation);
    }

    /// <summary>What <see cref="SetGoldAsync"/> would answer; nothing is changed.</summary>
    /// <param name="by">Subject of who would give them.</param>
    public Task<IReadOnlyList<ItemResult>> CheckGoldAsync(IReadOnlyList<GoldClass> items, string by, CancellationToken cancellation = default)
    {
        LabellingLimits.CheckBatch(items, nameof(items));
        var batch = items.ToArray();
        return _engine.ReadAsync<IReadOnlyList<ItemResult>>(c => Array.ConvertAll(batch, item => GoldClasses.Check(c, item, by)), cancellation);
    }

    /// <summary>The newest answers to gold items of a model version, the oldest first.</summary>
    /// <param name="limit">1–10,000.</param>
    public Task<IReadOnlyList<GoldAnswer>> GoldAnswersAsync(ModelKey key, int limit, CancellationToken cancellation = default)
    {
        StoreLimit.Check(limit, 10_000);
        return _engine.ReadAsync(c => GoldClasses.Answers(c, key, limit), cancellation);
    }

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
