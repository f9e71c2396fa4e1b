namespace AccuracyMonitor.Benchmarks.Attacks;

/// <summary>One attack on a sidecar in its default container.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="What">What is sent, for the table.</param>
/// <param name="RunAsync">Attacks, and tells what came of it in a few words.</param>
internal sealed record Attack(string Name, string What, Func<AttackedSidecar, CancellationToken, Task<string>> RunAsync)
{
    public string[] Settings { get; init; } = [];

    /// <summary>Limit of open files; 0: none.</summary>
    public int Descriptors { get; init; }
}
