using System.Diagnostics;
using System.Globalization;
using AccuracyMonitor.Bridge.Tests.Support;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Bridge.Tests.Sync;

/// <summary>kill -9 of the bridge at random moments while requests arrive and annotators answer, with one journal all along.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private static readonly int Kills =
        int.TryParse(Environment.GetEnvironmentVariable("ACCURACY_MONITOR_KILLS"), CultureInfo.InvariantCulture, out var n) ? n : 6;

    [Fact]
    public async Task No_label_is_lost_and_no_task_is_doubled_by_kills()
    {
        await using var scene = await BridgeScene.StartAsync();
        var random = new Random(20261130);
        Dictionary<string, string> answers = new(StringComparer.Ordinal);
        var requested = 0;
        for (var life = 0; life < Kills; life++)
        {
            // Every answer of every second life is cut off: the import is done all the same.
            scene.Studio.LostAnswers = life % 2 == 1 ? 3 : 0;
            using var bridge = Start(scene);
            var before = scene.Studio.Tasks.Count;
            for (var i = 0; i < 5; i++)
            {
                await scene.Sidecar.RequestAsync([.. Enumerable.Range(0, 20).Select(j => $"k{requested + j}")]);
                requested += 20;
                await Task.Delay(random.Next(5, 60), TestContext.Current.CancellationToken);
                await AnswerAsync(scene, random, answers);
            }

            await Eventually.TrueAsync(() => Task.FromResult(scene.Studio.Tasks.Count > before), "tasks appear");
            await Task.Delay(random.Next(5, 300), TestContext.Current.CancellationToken);
            await AnswerAsync(scene, random, answers);
            bridge.HasExited.ShouldBeFalse();
            bridge.Kill();
            await bridge.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        scene.Studio.LostAnswers = 0;
        using (var last = Start(scene))
        {
            await Eventually.TrueAsync(
                async () => scene.Studio.Tasks.Count == requested && (await scene.Sidecar.QueueAsync()).Answered == (ulong)answers.Count,
                "every request is one task, and every answer a label");
            last.Kill();
            await last.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var doubled = scene.Studio.Tasks.GroupBy(t => t.PredictionId).Count(g => g.Count() > 1);
        await scene.Sidecar.StopAsync();
        var lost = 0;
        foreach (var (id, choice) in answers)
        {
            var history = await scene.Sidecar.HistoryAsync(id);
            lost += history.Count == 1 && history[0].Label == int.Parse(choice, CultureInfo.InvariantCulture) ? 0 : 1;
        }

        output.WriteLine(
            $"{Kills} kills; {requested} requests, {answers.Count} answers, {scene.Studio.Imports} imports; "
                + $"{lost} labels lost or doubled, {doubled} tasks doubled");
        answers.Count.ShouldBeGreaterThan(Kills);
        (lost, doubled).ShouldBe((0, 0));
    }

    private static async Task AnswerAsync(BridgeScene scene, Random random, Dictionary<string, string> answers)
    {
        foreach (var task in scene.Studio.Tasks.Where(t => t.Annotations.Count == 0 && random.Next(3) == 0))
        {
            var choice = $"{random.Next(3)}";
            answers.Add(task.PredictionId, choice);
            await scene.Studio.AnnotateAsync(task, choice);
        }
    }

    private static Process Start(BridgeScene scene)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, WorkingDirectory = scene.Folder };
        string[] arguments =
        [
            "exec", Path.Combine(AppContext.BaseDirectory, "AccuracyMonitor.Bridge.CrashVictim.dll"),
            .. scene.Settings(
                "--Bridge:PollInterval=50ms", "--Bridge:ImportGrace=500ms", "--Bridge:LongestPause=1s", "--Bridge:MaxTasks=1000", "--Bridge:ImportSize=7"),
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
