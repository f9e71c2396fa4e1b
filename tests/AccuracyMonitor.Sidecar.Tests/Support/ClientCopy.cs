namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>A copy of a client in another language with its example and its tests, in which commands are run.</summary>
internal sealed class ClientCopy : IDisposable
{
    // Below the installed packages, where npm and node look for them.
    private readonly string _folder;

    public ClientCopy(string language)
    {
        _folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "tools", $"{language}-{Guid.NewGuid():N}")).FullName;
        foreach (var part in (string[])["src", "tests"])
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, part, "clients", language)))
            {
                File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
            }
        }
    }

    /// <returns>What the commands print.</returns>
    public Task<string> RunAsync(string commands, params (string Name, string Value)[] environment) =>
        Script.RunAsync(_folder, commands, [("PROTOS", Path.Combine(Repository.Root, "proto")), .. environment]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
