using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Monitors;
using Microsoft.Data.Sqlite;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Monitors;

public sealed class MonitorRegistryTests : IDisposable
{
    private static readonly ModelKey Other = new("clothing", "8");

    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task A_monitor_comes_back_from_the_disk_as_it_was_given()
    {
        var given = Monitor("m1", [1, 2, 3]) with { Parent = "m0", Head = [9], TrainingLabels = 7, Metadata = """{"loss":0.5}""" };
        await using (var store = await _disk.OpenAsync())
        {
            (await store.RegisterMonitorAsync(given)).ShouldBe(RegisterOutcome.Registered);
        }

        await using var again = await _disk.OpenAsync();
        var read = (await again.GetMonitorAsync(Clothing, "m1"))!;
        read.Onnx.ShouldBe(given.Onnx);
        read.Head.ShouldBe(given.Head);
        (read with { Onnx = given.Onnx, Head = given.Head }).ShouldBe(given);
        (await again.GetMonitorAsync(Other, "m1")).ShouldBeNull();
        (await again.ActiveMonitorAsync(Clothing)).ShouldBeNull();
    }

    [Fact]
    public async Task The_same_again_is_unchanged_and_another_file_under_its_name_a_conflict()
    {
        await using var store = await _disk.OpenAsync();
        await store.RegisterMonitorAsync(Monitor("m1", [1]));
        (await store.RegisterMonitorAsync(Monitor("m1", [1]))).ShouldBe(RegisterOutcome.Unchanged);
        (await store.RegisterMonitorAsync(Monitor("m1", [2]))).ShouldBe(RegisterOutcome.Conflict);
        (await store.RegisterMonitorAsync(Monitor("m1", [1]) with { Head = [1] })).ShouldBe(RegisterOutcome.Conflict);
        (await store.GetMonitorAsync(Clothing, "m1"))!.Onnx.ShouldBe([1]);
    }

    [Fact]
    public async Task Heads_over_one_graph_share_its_file()
    {
        await using var store = await _disk.OpenAsync();
        var graph = new byte[100_000];
        for (var i = 0; i < 50; i++)
        {
            await store.RegisterMonitorAsync(Monitor($"m{i}", graph) with { Head = [(byte)i] });
        }

        (await store.GetMonitorAsync(Clothing, "m49"))!.Onnx.Length.ShouldBe(graph.Length);
        await store.DisposeAsync();
        new FileInfo(_disk.DatabasePath).Length.ShouldBeLessThan(3 * graph.Length);
    }

    [Fact]
    public async Task Rolling_back_twice_goes_back_two_champions_and_then_no_further()
    {
        await using var store = await _disk.OpenAsync();
        foreach (var version in new[] { "a", "b", "c", "d" })
        {
            await store.RegisterMonitorAsync(Monitor(version, [1]) with { Head = [(byte)version[0]] });
        }

        await store.ActivateAsync(Clothing, "a", null, Start);
        await store.ActivateAsync(Clothing, "b", Promotion("b", "a"), Start);
        await store.ActivateAsync(Clothing, "b", null, Start);
        await store.ActivateAsync(Clothing, "c", Promotion("c", "b"), Start);
        (await store.RollBackAsync(Clothing, "worse in the field", Start))!.MonitorVersion.ShouldBe("b");
        (await store.RollBackAsync(Clothing, "", Start))!.MonitorVersion.ShouldBe("a");
        (await store.RollBackAsync(Clothing, "", Start)).ShouldBeNull();
        await store.ActivateAsync(Clothing, "d", null, Start);
        (await store.RollBackAsync(Clothing, "", Start))!.MonitorVersion.ShouldBe("a");
        (await store.ActiveMonitorAsync(Clothing))!.MonitorVersion.ShouldBe("a");

        var decisions = await store.DecisionsAsync(Clothing);
        decisions.Select(d => (d.ChallengerVersion, d.ChampionVersion, d.Kind)).ShouldBe(
        [
            ("a", "d", PromotionKind.RollBack), ("a", "b", PromotionKind.RollBack), ("b", "c", PromotionKind.RollBack),
            ("c", "b", PromotionKind.Recalibration), ("b", "a", PromotionKind.Recalibration),
        ]);
        decisions[2].Reason.ShouldBe("worse in the field");
    }

    [Fact]
    public async Task Champions_of_versions_are_apart_and_an_unknown_one_changes_nothing()
    {
        await using var store = await _disk.OpenAsync();
        await store.RegisterMonitorAsync(Monitor("m1", [1]));
        await store.RegisterMonitorAsync(Monitor("m2", [2]) with { Key = Other });
        await store.ActivateAsync(Clothing, "m1", null, Start);
        (await store.ActivateAsync(Clothing, "m2", Promotion("m2", "m1"), Start)).ShouldBeNull();
        await Should.ThrowAsync<ArgumentException>(() => store.ActivateAsync(Clothing, "m1", Promotion("m2", "m1"), Start));
        (await store.RollBackAsync(Other, "", Start)).ShouldBeNull();
        (await store.DecisionsAsync(Clothing)).ShouldBeEmpty();
        (await store.ActiveMonitorAsync(Clothing))!.MonitorVersion.ShouldBe("m1");
        (await store.ActiveMonitorAsync(Other)).ShouldBeNull();
    }

    [Fact]
    public async Task The_registry_lists_newest_first_with_champion_and_last_decision()
    {
        await using var store = await _disk.OpenAsync();
        await store.RegisterMonitorAsync(Monitor("m1", [1]));
        await store.RegisterMonitorAsync(Monitor("m2", [2]));
        await store.ActivateAsync(Clothing, "m1", null, Start);
        await store.RecordDecisionAsync(Promotion("m2", "m1") with { Promoted = false, Reason = "first" });
        var last = Promotion("m2", "m1") with { ChampionLoss = 0.5, ChallengerLoss = 0.25, StandardError = 0.125, Labels = 3, Reason = "last" };
        await store.RecordDecisionAsync(last);

        var listed = await store.ListMonitorsAsync("clothing", "7");
        listed.Select(l => (l.Monitor.MonitorVersion, l.Active, l.Decision?.Reason)).ShouldBe([("m2", false, "last"), ("m1", true, null)]);
        listed[0].Decision.ShouldBe(last);
        (await store.ListMonitorsAsync("hats")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Numbers_that_were_not_computed_stay_so()
    {
        await using var store = await _disk.OpenAsync();
        await store.RecordDecisionAsync(Promotion("b", "a") with { ChampionVersion = null, ChallengerLoss = double.PositiveInfinity });
        (await store.DecisionsAsync(Clothing)).ShouldBe([Promotion("b", "a") with { ChampionVersion = null, ChallengerLoss = double.PositiveInfinity }]);
    }

    [Fact]
    public async Task A_damaged_file_is_refused_when_it_is_read_and_the_champion_stays()
    {
        await using var store = await _disk.OpenAsync();
        await store.RegisterMonitorAsync(Monitor("good", [1]));
        await store.RegisterMonitorAsync(Monitor("bad", [2]));
        await store.ActivateAsync(Clothing, "good", null, Start);
        using (var connection = new SqliteConnection($"Data Source={_disk.DatabasePath};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE monitor_graphs SET onnx = x'ff' WHERE onnx = x'02'";
            command.ExecuteNonQuery().ShouldBe(1);
        }

        (await Should.ThrowAsync<StoreException>(() => store.ActivateAsync(Clothing, "bad", null, Start))).Message.ShouldContain("bad");
        (await store.ActiveMonitorAsync(Clothing))!.MonitorVersion.ShouldBe("good");
    }

    public void Dispose() => _disk.Dispose();

    private static MonitorRow Monitor(string version, byte[] onnx) =>
        new() { Key = Clothing, MonitorVersion = version, Kind = "ensemble", CreatedAt = Start, Onnx = onnx };

    private static PromotionRow Promotion(string challenger, string champion) => new()
    {
        Key = Clothing,
        ChallengerVersion = challenger,
        ChampionVersion = champion,
        Kind = PromotionKind.Recalibration,
        Promoted = true,
        DecidedAt = Start,
    };
}
