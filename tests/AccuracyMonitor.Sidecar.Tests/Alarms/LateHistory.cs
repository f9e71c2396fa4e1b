using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Sidecar.Tests.Alarms;

/// <summary>A label history that lets something happen before it is read and before the answer arrives, in small pages.</summary>
internal sealed class LateHistory(ILabelHistory inner) : ILabelHistory
{
    public Func<Task> BeforeRead { get; set; } = () => Task.CompletedTask;

    public Func<Task> AfterRead { get; set; } = () => Task.CompletedTask;

    public int PageSize { get; set; } = 1000;

    public int Reads { get; private set; }

    public async Task<LabelHistoryPage> LabelPageAsync(LabelHistoryQuery query, CancellationToken cancellation = default)
    {
        Reads++;
        await BeforeRead();
        var page = await inner.LabelPageAsync(query with { Limit = PageSize }, cancellation);
        await AfterRead();
        return page;
    }
}
