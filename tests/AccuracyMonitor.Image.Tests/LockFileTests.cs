namespace AccuracyMonitor.Image.Tests;

/// <summary>Images and CI restore what the lock files say and fail where they are not the projects': here first, with the way out.</summary>
public sealed class LockFileTests
{
    /// <summary>The build before the tests has written them anew where a project changed.</summary>
    [Fact]
    public async Task Every_program_has_a_committed_lock_file_that_the_build_left_as_it_was()
    {
        string[] projects =
            [.. Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories).Select(p => Path.GetDirectoryName(p)!)];
        projects.Where(p => !File.Exists(Path.Combine(p, "packages.lock.json"))).ShouldBeEmpty("'dotnet restore Monitor.sln' on linux-x64 makes them");

        var changed = await Command.RunAsync("git", ["status", "--porcelain", "--", "src/*/packages.lock.json"], cancel: TestContext.Current.CancellationToken);
        changed.Succeeded("git status").ShouldBeEmpty("commit the lock files that 'dotnet restore Monitor.sln' wrote on linux-x64");
    }
}
