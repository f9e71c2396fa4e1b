using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Sidecar.Tests.Alarms;

/// <summary>
/// Labels, corrections and retractions at random, with updates of the alarms started at random and interrupted at every await. In the end the alarms
/// are those of the final labels in the order of their sequence numbers.
/// </summary>
public sealed class AlarmInterleavingTests
{
    private const int Requests = 25;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Update_AtRandomMoments_EqualsTheFinalHistoryInOrder(int seed)
    {
        var random = new Random(seed);
        await using var scene = await AlarmScene.OpenAsync(Requests);
        var alarms = AlarmScene.NewAlarms();
        var depth = 0;
        Dictionary<int, (long Sequence, int Label)> labels = [];
        scene.History.PageSize = 3;
        scene.History.BeforeRead = InterruptAsync;
        scene.History.AfterRead = InterruptAsync;

        for (var step = 0; step < 25; step++)
        {
            await ActAsync();
            if (random.Next(3) == 0)
            {
                await scene.UpdateAsync(alarms);
            }
        }

        await scene.UpdateAsync(alarms, scene.Store);
        ShouldBeOf(alarms, [.. labels.OrderBy(l => l.Value.Sequence).Select(l => (l.Key, l.Value.Label))]);

        async Task InterruptAsync()
        {
            for (var acts = random.Next(2); acts > 0 && depth < 2; acts--)
            {
                depth++;
                await (random.Next(4) == 0 ? scene.UpdateAsync(alarms) : ActAsync());
                depth--;
            }
        }

        async Task ActAsync()
        {
            var request = random.Next(Requests);
            Keep(request, random.Next(4) == 0 ? await scene.RetractAsync(request) : await scene.AnswerAsync(request, random.Next(3)));
        }

        void Keep(int request, LabelChange change)
        {
            if (change is { Changed: true, Current: { } label })
            {
                labels[request] = (change.Sequence, label);
            }
            else if (change.Changed)
            {
                labels.Remove(request);
            }
        }
    }

    private static void ShouldBeOf(ModelAlarms alarms, IReadOnlyList<(int Request, int Label)> labels)
    {
        var settings = AlarmScene.Settings;
        var accuracy = new AccuracyAlarm(new AccuracyAlarmOptions
        {
            Objective = settings.Objective,
            AverageRunLength = settings.AverageRunLength,
            MinInclusionRatio = 0.4,
        });
        var validity = new ValidityAlarm(new ValidityAlarmOptions { Tolerance = settings.ValidityTolerance, Alpha = settings.ValidityAlpha });
        var eu = new SubgroupAlarm(0.8, 0.4);
        foreach (var (request, label) in labels)
        {
            var point = new LabelPoint(0.5 + (request % 50 / 100.0), 0.01 + (request % 7 / 1000.0), label == 0);
            accuracy.Observe(point);
            if (request % 4 != 0)
            {
                validity.Observe(point);
            }

            if (request % 3 == 0)
            {
                eu.Observe(point);
            }
        }

        alarms.Accuracy.ShouldBe(accuracy.Verdict);
        alarms.Validity.ShouldBe(validity.Verdict);
        alarms.AccuracyOf(new SeriesKey("m", "1", "eu")).LogEvidence.ShouldBe(eu.LogEvidence);
    }
}
