using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sequences;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Windows;

public sealed class ClosedWindowTests : IDisposable
{
    private static readonly ModelKey Shoes = new("shoes", "2");

    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task Later_windows_replace_those_from_their_first_one_on_and_no_others()
    {
        await using var store = await _disk.OpenAsync();
        await store.Windows.ReplaceClosedAsync(Clothing, [At(0), At(1), At(2)]);
        await store.Windows.ReplaceClosedAsync(Shoes, [At(1)]);

        await store.Windows.ReplaceClosedAsync(Clothing, [At(1) with { Accuracy = 0.5 }]);

        (await store.Windows.ClosedAsync(Clothing)).ShouldBe([At(0), At(1) with { Accuracy = 0.5 }]);
        (await store.Windows.ClosedAsync(Shoes)).ShouldBe([At(1)]);
    }

    [Fact]
    public async Task A_window_that_would_spoil_the_mean_is_refused()
    {
        await using var store = await _disk.OpenAsync();

        await Should.ThrowAsync<ArgumentException>(() => store.Windows.ReplaceClosedAsync(Clothing, [At(0) with { Accuracy = double.NaN }]));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => store.Windows.ReplaceClosedAsync(Clothing, []));
    }

    public void Dispose() => _disk.Dispose();

    private static ClosedWindow At(int hour) => new(Start.AddHours(hour), Start.AddHours(hour + 1), 0.9, 0.03, 60 + hour);
}
