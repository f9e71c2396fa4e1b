using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Sidecar.Alarms;

/// <summary>
/// Brings a model's alarms up to the end of the stored label history. It needs no word from those who store labels, so no label is lost or counted
/// twice, whatever order concurrent answers come in.
/// </summary>
internal sealed class AlarmUpdater(ILabelHistory history, ILogger<AlarmUpdater> logger)
{
    /// <summary>Does nothing while the first monitor is being loaded: the labels that it has scored count for its test only once it is known.</summary>
    public Task RunAsync(ModelState model, CancellationToken cancel) =>
        model.FirstMonitor.IsSettled ? RunAsync(model.Alarms, model.Classes, cancel) : Task.CompletedTask;

    /// <summary>May be called by several callers at once. When the store can't be read, the alarms stay as they are until the next call.</summary>
    public async Task RunAsync(ModelAlarms alarms, PredictedClasses classes, CancellationToken cancel)
    {
        try
        {
            while (!await StepAsync(alarms, classes, cancel))
            {
            }
        }
        catch (StoreException e)
        {
            SidecarLog.WorkFailed(logger, $"Updating the alarms of {alarms.Key}", e.Message);
        }
    }

    /// <summary>Reads one page. True: the end is reached.</summary>
    private async Task<bool> StepAsync(ModelAlarms alarms, PredictedClasses classes, CancellationToken cancel)
    {
        var position = alarms.Position;
        var page = await history.LabelPageAsync(new LabelHistoryQuery { Key = alarms.Key, Position = position }, cancel);
        return alarms.Take(position, page, [.. page.Labels.Select(l => ToAlarm(l, classes))]);
    }

    private static AlarmLabel ToAlarm(HistoryLabel label, PredictedClasses classes) => new(
        label.Sequence,
        label.LabelledAt,
        new LabelPoint(label.Decision.Score, label.Decision.InclusionProbability, label.Correct),
        label.Decision.MonitorVersion,
        label.Series.Segment,
        classes.Of(label.PredictedClass)?.Key.PredictedClass);
}
