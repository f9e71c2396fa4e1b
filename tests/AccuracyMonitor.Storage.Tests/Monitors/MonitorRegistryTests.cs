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
            (await store.Monitors.RegisterAsync(given)).ShouldBe(RegisterOutcome.Registered);
        }

        await using var again = await _disk.OpenAsync();
        var read = (await again.Monitors.GetAsync(Clothing, "m1"))!;
        read.Onnx.ShouldBe(given.Onnx);
        read.Head.ShouldBe(given.Head);
        (read with { Onnx = given.Onnx, Head = given.Head }).ShouldBe(given);
        (await again.Monitors.GetAsync(Other, "m1")).ShouldBeNull();
        (await again.Monitors.ActiveAsync(Clothing)).ShouldBeNull();
    }

    [Fact]
    public async Task The_same_again_is_unchanged_and_another_file_under_its_name_a_conflict()
    {
        await using var store = await _disk.OpenAsync();
        await store.Monitors.RegisterAsync(Monitor("m1", [1]));
        (await store.Monitors.RegisterAsync(Monitor("m1", [1]))).ShouldBe(RegisterOutcome.Unchanged);
        (await store.Monitors.RegisterAsync(Monitor("m1", [2]))).ShouldBe(RegisterOutcome.Conflict);
        (await store.Monitors.RegisterAsync(Monitor("m1", [1]) with { Head = [1] })).ShouldBe(RegisterOutcome.Conflict);
        (await store.Monitors.GetAsync(Clothing, "m1"))!.Onnx.ShouldBe([1]);
    }

    [Fact]
    public async Task Heads_over_one_graph_share_its_file()
    {
        var graph = new byte[100_000];
        var one = await SizeAfterAsync(0, 1);

        var fifty = await SizeAfterAsync(1, 50);

        (fifty - one).ShouldBeLessThan(graph.Length, "bytes of 49 further heads");

        async Task<long> SizeAfterAsync(int from, int to)
        {
            await using (var store = await _disk.OpenAsync())
            {
                for (var i = from; i < to; i++)
                {
                    await store.Monitors.RegisterAsync(Monitor($"m{i}", graph) with { Head = [(byte)i] });
                }

                (await store.Monitors.GetAsync(Clothing, $"m{to - 1}"))!.Onnx.Length.ShouldBe(graph.Length);
            }

            return new FileInfo(_disk.DatabasePath).Length;
        }
    }

    [Fact]
    public async Task Rolling_back_twice_goes_back_two_champions_and_then_no_further()
    {
        await using var store = await _disk.OpenAsync();
        foreach (var version in new[] { "a", "b", "c", "d" })
        {
            await store.Monitors.RegisterAsync(Monitor(version, [1]) with { Head = [(byte)version[0]] });
        }

        await store.Monitors.ActivateAsync(Clothing, "a", null, Start);
        await store.Monitors.ActivateAsync(Clothing, "b", Promotion("b", "a"), Start);
        await store.Monitors.ActivateAsync(Clothing, "b", null, Start);
        await store.Monitors.ActivateAsync(Clothing, "c", Promotion("c", "b"), Start);
        (await store.Monitors.RollBackAsync(Clothing, "worse in the field", Start))!.MonitorVersion.ShouldBe("b");
        (await store.Monitors.RollBackAsync(Clothing, "", Start))!.MonitorVersion.ShouldBe("a");
        (await store.Monitors.RollBackAsync(Clothing, "", Start)).ShouldBeNull();
        await store.Monitors.ActivateAsync(Clothing, "d", null, Start);
        (await store.Monitors.RollBackAsync(Clothing, "", Start))!.MonitorVersion.ShouldBe("a");
        (await store.Monitors.ActiveAsync(Clothing))!.MonitorVersion.ShouldBe("a");

        var decisions = await store.Monitors.DecisionsAsync(Clothing);
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
        await store.Monitors.RegisterAsync(Monitor("m1", [1]));
        await store.Monitors.RegisterAsync(Monitor("m2", [2]) with { Key = Other });
        await store.Monitors.ActivateAsync(Clothing, "m1", null, Start);
        (await store.Monitors.ActivateAsync(Clothing, "m2", Promotion("m2", "m1"), Start)).ShouldBeNull();
        await Should.ThrowAsync<ArgumentException>(() => store.Monitors.ActivateAsync(Clothing, "m1", Promotion("m2", "m1"), Start));
        (await store.Monitors.RollBackAsync(Other, "", Start)).ShouldBeNull();
        (await store.Monitors.DecisionsAsync(Clothing)).ShouldBeEmpty();
        (await store.Monitors.ActiveAsync(Clothing))!.MonitorVersion.ShouldBe("m1");
        (await store.Monitors.ActiveAsync(Other)).ShouldBeNull();
    }

    [Fact]
    public async Task The_registry_lists_newest_first_with_champion_and_last_decision()
    {
        await using var store = await _disk.OpenAsync();
        await store.Monitors.RegisterAsync(Monitor("m1", [1]));
        await store.Monitors.RegisterAsync(Monitor("m2", [2]));
        await store.Monitors.ActivateAsync(Clothing, "m1", null, Start);
        await store.Monitors.RecordDecisionAsync(Promotion("m2", "m1") with { Promoted = false, Reason = "first" });
        var last = Promotion("m2", "m1") with { ChampionLoss = 0.5, ChallengerLoss = 0.25, StandardError = 0.125, Labels = 3, Reason = "last" };
        await store.Monitors.RecordDecisionAsync(last);

        var listed = await store.Monitors.ListAsync("clothing", "7");
        listed.Select(l => (l.Monitor.MonitorVersion, l.Active, l.Decision?.Reason)).ShouldBe([("m2", false, "last"), ("m1", true, null)]);
        listed[0].Decision.ShouldBe(last);
        (await store.Monitors.ListAsync("hats")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Numbers_that_were_not_computed_stay_so()
    {
        await using var store = await _disk.OpenAsync();
        await store.Monitors.RecordDecisionAsync(Promotion("b", "a") with { ChampionVersion = null, ChallengerLoss = double.PositiveInfinity });
        (await store.Monitors.DecisionsAsync(Clothing)).ShouldBe(
            [Promotion("b", "a") with { ChampionVersion = null, ChallengerLoss = double.PositiveInfinity }]);
    }

    [Fact]
    public async Task A_damaged_file_is_refused_when_it_is_read_and_the_champion_stays()
    {
        await using var store = await _disk.OpenAsync();
        await store.Monitors.RegisterAsync(Monitor("good", [1]));
        await store.Monitors.RegisterAsync(Monitor("bad", [2]));
        await store.Monitors.ActivateAsync(Clothing, "good", null, Start);
        using (var connection = new SqliteConnection($"Data Source={_disk.DatabasePath};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE monitor_graphs SET onnx = x'ff' WHERE onnx = x'02'";
            command.ExecuteNonQuery().ShouldBe(1);
        }

        (await Should.ThrowAsync<StoreException>(() => store.Monitors.ActivateAsync(Clothing, "bad", null, Start))).Message.ShouldContain("bad");
        (await store.Monitors.ActiveAsync(Clothing))!.MonitorVersion.ShouldBe("good");
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
