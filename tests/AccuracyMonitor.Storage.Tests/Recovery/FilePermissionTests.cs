namespace AccuracyMonitor.Storage.Tests.Recovery;

public sealed class FilePermissionTests : IDisposable
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task A_new_database_and_the_files_beside_it_are_not_readable_by_others()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([StoreFixture.Request("a")], []);

        File.GetUnixFileMode(_disk.DatabasePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (var path in Directory.EnumerateFiles(Path.GetDirectoryName(_disk.DatabasePath)!))
        {
            (File.GetUnixFileMode(path) & Others).ShouldBe(UnixFileMode.None, path);
        }
    }

    [Fact]
    public async Task Others_lose_their_access_to_a_database_of_before()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await (await _disk.OpenAsync()).DisposeAsync();
        File.SetUnixFileMode(_disk.DatabasePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        await (await _disk.OpenAsync()).DisposeAsync();

        File.GetUnixFileMode(_disk.DatabasePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
    }

    public void Dispose() => _disk.Dispose();
}
