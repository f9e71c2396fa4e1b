using System.Text;
using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Monitors;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Monitors;

public sealed class MonitorPruningTests : IDisposable
{
    private static readonly RetentionBounds Three = new(DateTimeOffset.MinValue) { Monitors = 3 };

    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task The_champion_the_way_back_and_the_newest_stay_and_the_files_of_the_others_go()
    {
        await using var store = await _disk.OpenAsync();
        for (var i = 0; i < 12; i++)
        {
            await store.Monitors.RegisterAsync(Monitor($"m{i}"));
        }

        foreach (var champion in new[] { "m0", "m2", "m1", "m4", "m3" })
        {
            await store.Monitors.ActivateAsync(Clothing, champion, null, Start);
        }

        await store.Monitors.RegisterAsync(Monitor("other") with { Key = new ModelKey("clothing", "8") });
        var used = (await store.SizeAsync()).Used;

        (await store.PruneAsync(Three, Start)).Monitors.ShouldBe(6);

        (await store.Monitors.ListAsync(null, null)).Select(m => m.Monitor.MonitorVersion).ShouldBe(["other", "m11", "m10", "m9", "m4", "m3", "m1"]);
        (await store.SizeAsync()).Used.ShouldBeLessThan(used - (5 * 100_000));
        (await store.Monitors.RollBackAsync(Clothing, "", Start))!.MonitorVersion.ShouldBe("m4");
        (await store.Monitors.RollBackAsync(Clothing, "", Start))!.MonitorVersion.ShouldBe("m1");
        (await store.Monitors.RollBackAsync(Clothing, "", Start)).ShouldBeNull();

        // No roll-back leads to those that were rolled back.
        (await store.PruneAsync(Three, Start)).Monitors.ShouldBe(2);
        (await store.Monitors.ActiveAsync(Clothing))!.MonitorVersion.ShouldBe("m1");
    }

    /// <summary>Random registrations, activations, roll-backs and prunings.</summary>
    [Fact]
    public async Task A_roll_back_within_the_bound_goes_where_it_would_have_gone_without_pruning()
    {
        await using var pruned = await _disk.OpenAsync();
        using var otherDisk = new StoreFixture();
        await using var whole = await otherDisk.OpenAsync();
        var random = new Random(1);
        var (registered, depth) = (0, 0);
        for (var step = 0; step < 400; step++)
        {
            switch (random.Next(4))
            {
                case 0 or 1:
                    var version = $"m{registered++}";
                    foreach (var store in new[] { pruned, whole })
                    {
                        await store.Monitors.RegisterAsync(Monitor(version));
                        await store.Monitors.ActivateAsync(Clothing, version, null, Start);
                    }

                    depth++;
                    break;
                case 2 when depth > 1:
                    var expected = (await whole.Monitors.RollBackAsync(Clothing, "", Start))!.MonitorVersion;
                    (await pruned.Monitors.RollBackAsync(Clothing, "", Start))!.MonitorVersion.ShouldBe(expected);
                    depth--;
                    break;
                default:
                    await pruned.PruneAsync(Three, Start);
                    depth = Math.Min(depth, Three.Monitors);
                    break;
            }

            (await pruned.Monitors.ActiveAsync(Clothing))?.MonitorVersion.ShouldBe((await whole.Monitors.ActiveAsync(Clothing))!.MonitorVersion);
        }

        await pruned.PruneAsync(Three, Start);
        (await pruned.Monitors.ListAsync(null, null)).Count.ShouldBeLessThanOrEqualTo(2 * Three.Monitors);
    }

    [Fact]
    public async Task Refused_challengers_are_forgotten_and_promotions_never()
    {
        await using var store = await _disk.OpenAsync();
        for (var i = 0; i < RetentionBounds.KeptRefusals + 10; i++)
        {
            await store.Monitors.RecordDecisionAsync(Decision($"c{i}", promoted: i < 5));
        }

        (await store.PruneAsync(Three, Start)).Decisions.ShouldBe(5);

        var left = await store.Monitors.DecisionsAsync(Clothing, 10_000);
        left.Count.ShouldBe(RetentionBounds.KeptRefusals + 5);
        left.Count(d => d.Promoted).ShouldBe(5);
        (await store.Monitors.CountPromotionsAsync(Clothing)).ShouldBe(5);
    }

    public void Dispose() => _disk.Dispose();

    private static PromotionRow Decision(string challenger, bool promoted) => new()
    {
        Key = Clothing,
        ChallengerVersion = challenger,
        ChampionVersion = "m0",
        Kind = PromotionKind.Recalibration,
        Promoted = promoted,
        Reason = "",
        DecidedAt = Start,
    };

    private static MonitorRow Monitor(string version)
    {
        var file = new byte[100_000];
        Encoding.UTF8.GetBytes(version, file);
        return new MonitorRow
        {
            Key = Clothing,
            MonitorVersion = version,
            Kind = "ensemble",
            CreatedAt = Start,
            Onnx = file,
        };
    }
}
