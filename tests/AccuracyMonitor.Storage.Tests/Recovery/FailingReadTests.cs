using System.Diagnostics;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Recovery;

/// <summary>Reads that fail with EIO: the disk has an error or a network volume is away. That is no damage of the database.</summary>
[Trait("Needs", "processes")]
public sealed class FailingReadTests : IDisposable
{
    private const int Requests = 20;

    private readonly StoreFixture _disk = new();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1_000_000)]
    public async Task Reads_that_fail_at_any_place_of_opening_and_working_never_set_a_healthy_database_aside(int failures)
    {
        await FillAsync();
        var openings = await OpenWithFailingReadsAsync(failures);

        openings.Count.ShouldBeGreaterThan(10);
        openings.ShouldAllBe(o => o.EndsWith($" opened {Requests}", StringComparison.Ordinal) || o.Contains(" refused ", StringComparison.Ordinal));
        // A few failures are waited out; an opening is refused only when the disk stays away, or a read after it.
        openings.Count(o => o.Contains(" opened ", StringComparison.Ordinal)).ShouldBeGreaterThan(failures > 5 ? 0 : openings.Count / 2);
        openings.ShouldAllBe(o => !o.Contains("quarantined", StringComparison.Ordinal) && !o.Contains("is damaged", StringComparison.Ordinal));

        await using var store = await _disk.OpenAsync();
        store.Quarantined.ShouldBeNull();
        (await store.CountsAsync()).Waiting.ShouldBe(Requests);
    }

    public void Dispose() => _disk.Dispose();

    private async Task FillAsync()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([.. Enumerable.Range(0, Requests).Select(i => Request($"r{i}", classes: 100))], []);
    }

    private async Task<IReadOnlyList<string>> OpenWithFailingReadsAsync(int failures)
    {
        var library = await CompileAsync();
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            Environment = { ["LD_PRELOAD"] = library },
        };
        foreach (var argument in (string[])[
            Path.Combine(AppContext.BaseDirectory, "AccuracyMonitor.Storage.CrashVictim.dll"), "failing-reads", _disk.DatabasePath, library, $"{failures}"])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0);
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task<string> CompileAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("a preloaded library needs Linux");
        }

        var library = Path.Combine(_disk.Directory, "failing-reads.so");
        try
        {
            using var gcc = Process.Start(
            "gcc", ["-shared", "-fPIC", "-o", library, Path.Combine(AppContext.BaseDirectory, "Recovery", "failing-reads.c"), "-ldl"]);
            await gcc.WaitForExitAsync();
            gcc.ExitCode.ShouldBe(0);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Assert.Skip($"a C compiler is needed: {e.Message}");
        }

        return library;
    }
}
