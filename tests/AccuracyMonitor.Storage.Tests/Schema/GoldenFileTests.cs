using System.IO.Compression;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Schema;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Schema;

/// <summary>
/// A database written by the first released schema, kept as a file: every later program must open it and find all of
/// <see cref="GoldenContent"/> in it. For a new schema version write a further file (<c>ACCURACY_MONITOR_WRITE_GOLDEN=path</c>) and leave
/// the old ones as they are.
/// </summary>
public sealed class GoldenFileTests : IDisposable
{
    private readonly StoreFixture _disk = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task A_released_file_opens_with_all_its_content_and_works_on(int version)
    {
        await using (var packed =
            new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Schema", $"golden-v{version}.db.gz")), CompressionMode.Decompress))
        {
            await using var file = File.Create(_disk.DatabasePath);
            await packed.CopyToAsync(file);
        }

        await using var store = await _disk.OpenAsync();
        store.Quarantined.ShouldBeNull();
        await GoldenContent.CheckAsync(store, version);

        var taken = (await store.LeaseAsync(new LeaseQuery(), Start.AddMinutes(1))).ShouldHaveSingleItem();
        taken.Request.Probabilities.ShouldBe(Request("x", classes: 4).Probabilities);
        (await store.CompleteAsync([new LabelAnswer { LeaseId = taken.LeaseId, Label = 0 }], Start))[0].Sequence.ShouldBe(5);
        (await store.EnqueueAsync([Request("new")], [])).ShouldBe([RequestOutcome.Created]);
    }

    [Fact]
    public async Task This_program_writes_what_the_golden_file_holds()
    {
        await using (var store = await _disk.OpenAsync())
        {
            await GoldenContent.WriteAsync(store);
        }

        if (Environment.GetEnvironmentVariable("ACCURACY_MONITOR_WRITE_GOLDEN") is { Length: > 0 } target)
        {
            await using var packed = new GZipStream(File.Create(target), CompressionLevel.SmallestSize);
            await packed.WriteAsync(await File.ReadAllBytesAsync(_disk.DatabasePath));
        }

        await using var again = await _disk.OpenAsync();
        await GoldenContent.CheckAsync(again, Migrations.All.Count);
    }

    public void Dispose() => _disk.Dispose();
}
