using System.Globalization;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Crash;

/// <summary>
/// kill -9 at random moments, one life after the other on the same database. Longer runs: <c>ACCURACY_MONITOR_KILLS=200</c> in the
/// environment; <c>--show-live-output on</c> prints the figures of a run that passes.
/// </summary>
[Trait("Needs", "processes")]
public sealed class KillTests : IDisposable
{
    private const int DefaultKills = 40;

    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task Nothing_acknowledged_is_lost_or_doubled_by_kill_9_at_any_moment()
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable("ACCURACY_MONITOR_KILLS"), CultureInfo.InvariantCulture, out var asked) ? asked
            : DefaultKills;
        var random = new Random(20260301);
        var ledger = new Ledger();
        var victims = new Queue<Victim>();
        try
        {
            for (var life = 1; life <= kills; life++)
            {
                // The next ones warm up while this one lives: they hold nothing of the database before they are told to go.
                while (victims.Count < 3 && life + victims.Count <= kills)
                {
                    victims.Enqueue(new Victim(_disk.Directory, _disk.DatabasePath, life + victims.Count));
                }

                using var victim = victims.Dequeue();
                await victim.ReadyAsync();
                // One in five may die while it still opens the database; the others, however busy the machine, at work. Every other one has done a number
                // of operations before it dies, for on a slow machine some come to nothing within the time of the others.
                await (random.Next(5) == 0 ? victim.GoAsync() : victim.BeginAsync());
                ledger.Read(await (life % 2 == 0
                    ? victim.DieAtAsync(random.Next(1, 20))
                    : victim.DieAfterAsync(TimeSpan.FromMilliseconds(random.Next(0, 400)))));
                await ReopenAsync(ledger, life);
            }
        }
        finally
        {
            foreach (var victim in victims)
            {
                victim.Dispose();
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"kill -9: {kills} kills, {ledger.Acknowledged} operations acknowledged ({ledger.Requests} label requests, {ledger.Inputs} inputs, "
                + $"{ledger.Labels} labels and retractions, {ledger.Opinions} opinions, {ledger.Remembered} remembered predictions, {ledger.Truths} truths), "
            + $"{ledger.Lost.Count} lost, {ledger.Doubled.Count} doubled");
        ledger.Acknowledged.ShouldBeGreaterThan(kills);
        ledger.Inputs.ShouldBePositive();
        ledger.Reported.ShouldBePositive();
        ledger.Opinions.ShouldBePositive();
        ledger.Remembered.ShouldBePositive();
    }

    [Fact]
    public async Task A_database_that_another_process_has_is_refused_until_that_one_dies()
    {
        using var victim = new Victim(_disk.Directory, _disk.DatabasePath, life: 1);
        await victim.ReadyAsync();
        await victim.BeginAsync();
        await Should.ThrowAsync<StoreLockedException>(() => _disk.OpenAsync());
        await victim.KillAsync();
        await using var store = await _disk.OpenAsync();
        store.Quarantined.ShouldBeNull();
        await store.EnqueueAsync([Request("a")], []);
    }

    public void Dispose() => _disk.Dispose();

    private async Task ReopenAsync(Ledger ledger, int life)
    {
        await using var store = await _disk.OpenAsync();
        store.Quarantined.ShouldBeNull();
        ledger.Compare(_disk.DatabasePath);
        ledger.Lost.ShouldBeEmpty($"after kill {life}");
        ledger.Doubled.ShouldBeEmpty($"after kill {life}");
        ledger.Wrong.ShouldBeEmpty($"after kill {life}");

        // It still writes; said in the ledger's language, so that this too must survive the kills to come.
        var id = $"between-{life}";
        ledger.Read([$"? request between {id}"]);
        await store.EnqueueAsync([Request(id)], []);
        ledger.Read([$"! request between {id}"]);
    }
}
