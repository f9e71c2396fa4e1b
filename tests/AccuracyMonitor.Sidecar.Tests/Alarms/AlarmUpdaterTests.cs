using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Sidecar.Tests.Alarms;

public sealed class AlarmUpdaterTests
{
    [Fact]
    public async Task Update_LabelsStoredAndCountedWhileTheAnswerIsLate_CountsEachOnce()
    {
        await using var scene = await AlarmScene.OpenAsync(3);
        var alarms = AlarmScene.NewAlarms();
        await scene.AnswerAsync(0, 0);
        scene.History.AfterRead = OnceAsync(async () =>
        {
            await scene.AnswerAsync(1, 1);
            await scene.UpdateAsync(alarms, scene.Store);
            await scene.AnswerAsync(2, 1);
        });

        await scene.UpdateAsync(alarms);

        alarms.Accuracy.Labels.ShouldBe(3);
        await ShouldEqualAReplayAsync(scene, alarms);
    }

    [Fact]
    public async Task Update_ACorrectionArrivesWhileAnotherIsBeingTakenOut_CountsBoth()
    {
        await using var scene = await AlarmScene.OpenAsync(6);
        var alarms = AlarmScene.NewAlarms();
        for (var i = 0; i < 6; i++)
        {
            await scene.AnswerAsync(i, 1);
        }

        await scene.UpdateAsync(alarms);
        await scene.AnswerAsync(5, 0);
        scene.History.PageSize = 2;
        scene.History.AfterRead = OnceAsync(() => scene.AnswerAsync(0, 0));
        await scene.UpdateAsync(alarms);
        await scene.UpdateAsync(alarms);

        alarms.Accuracy.Labels.ShouldBe(6);
        await ShouldEqualAReplayAsync(scene, alarms);
    }

    [Fact]
    public async Task Update_WhileItReadsAgain_VerdictsStay()
    {
        await using var scene = await AlarmScene.OpenAsync(9);
        var alarms = AlarmScene.NewAlarms();
        for (var i = 0; i < 9; i++)
        {
            await scene.AnswerAsync(i, 1);
        }

        await scene.UpdateAsync(alarms);
        await scene.RetractAsync(0);
        scene.History.PageSize = 2;
        List<long> seen = [];
        scene.History.AfterRead = () =>
        {
            seen.Add(alarms.Accuracy.Labels);
            return Task.CompletedTask;
        };
        await scene.UpdateAsync(alarms);

        seen.Count.ShouldBeGreaterThan(3);
        seen.ShouldAllBe(labels => labels == 9);
        alarms.Accuracy.Labels.ShouldBe(8);
    }

    [Fact]
    public async Task Update_TheStoreFails_KeepsTheVerdictsAndCatchesUpLater()
    {
        await using var scene = await AlarmScene.OpenAsync(2);
        var alarms = AlarmScene.NewAlarms();
        await scene.AnswerAsync(0, 1);
        await scene.UpdateAsync(alarms);
        await scene.AnswerAsync(1, 1);

        scene.History.AfterRead = () => throw new StoreBusyException("busy");
        await scene.UpdateAsync(alarms);
        alarms.Accuracy.Labels.ShouldBe(1);

        scene.History.AfterRead = () => Task.CompletedTask;
        await scene.UpdateAsync(alarms);
        alarms.Accuracy.Labels.ShouldBe(2);
    }

    [Fact]
    public async Task Update_ACorrectionAfterOldLabelsWerePruned_KeepsTheirEvidence()
    {
        await using var scene = await AlarmScene.OpenAsync(40, (r, i) => i < 20 ? r with { PredictionTime = r.PredictionTime.AddDays(-10) } : r);
        var alarms = AlarmScene.NewAlarms(new AlarmCheckpointLimits(Copies: 3, Labels: 10, TimeSpan.FromDays(2)));
        for (var i = 0; i < 40; i++)
        {
            await scene.AnswerAsync(i, 1);
        }

        await scene.UpdateAsync(alarms);
        var now = scene.Time.GetUtcNow();
        (await scene.Store.PruneAsync(new RetentionBounds(now.AddDays(-5)), now)).Requests.ShouldBe(20);
        await scene.AnswerAsync(35, 2);
        await scene.UpdateAsync(alarms);

        alarms.Accuracy.Labels.ShouldBe(40);
    }

    [Fact]
    public async Task Update_NothingNew_ReadsOnePage()
    {
        await using var scene = await AlarmScene.OpenAsync(1);
        var alarms = AlarmScene.NewAlarms();
        await scene.AnswerAsync(0, 1);
        await scene.UpdateAsync(alarms);
        var before = scene.History.Reads;

        await scene.UpdateAsync(alarms);

        (scene.History.Reads - before).ShouldBe(1);
    }

    /// <summary>The alarms say what new ones say that read the whole history at once.</summary>
    private static async Task ShouldEqualAReplayAsync(AlarmScene scene, ModelAlarms alarms)
    {
        var fresh = AlarmScene.NewAlarms();
        await scene.UpdateAsync(fresh, scene.Store);
        alarms.Accuracy.ShouldBe(fresh.Accuracy);
        alarms.Validity.ShouldBe(fresh.Validity);
        alarms.Subgroups.ShouldBe(fresh.Subgroups, ignoreOrder: true);
    }

    private static Func<Task> OnceAsync(Func<Task> work)
    {
        var done = false;
        return async () =>
        {
            if (!done)
            {
                done = true;
                await work();
            }
        };
    }
}
