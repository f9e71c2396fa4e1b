using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>The project that the journal belongs to, and the webhook that leads back from it.</summary>
/// <param name="parts">Parts of the bridge.</param>
/// <param name="address">Address of the labelling tool.</param>
/// <param name="hook">Address that the tool's webhook calls; null if there is no webhook.</param>
/// <param name="secret">Secret that the webhook carries.</param>
/// <param name="classes">Classes that annotators choose from.</param>
internal sealed class BridgeHome(BridgeParts parts, string address, Uri? hook, string secret, ClassSource classes)
{
    private const string AddressFact = "address";
    private const string ProjectFact = "project";
    private const string ClassesFact = "classes";

    private bool _entered;

    /// <returns>Whether the project can be used; the log says why not.</returns>
    public async Task<bool> EnterAsync(CancellationToken cancel)
    {
        var (prepared, problems) = await FindAsync(change: true, cancel);
        foreach (var problem in problems)
        {
            BridgeLog.Problem(parts.Logger, problem);
        }

        if (problems.Count > 0)
        {
            return false;
        }

        if (!_entered)
        {
            foreach (var note in prepared.Notes)
            {
                BridgeLog.Note(parts.Logger, note);
            }

            parts.Journal.SetFact(AddressFact, address);
            parts.Journal.SetFact(ProjectFact, prepared.Project!);
            parts.Journal.SetFact(ClassesFact, classes.Names.Digest);
            _entered = true;
        }

        if (hook is not null && await parts.Tool.ArmHookAsync(hook, secret, cancel))
        {
            parts.Counters.HooksRearmed++;
            BridgeLog.HookRearmed(parts.Logger);
        }

        return true;
    }

    /// <summary>Says what a start would do, and changes nothing.</summary>
    /// <returns>Whether the project can be used.</returns>
    public async Task<bool> TellAsync(CancellationToken cancel)
    {
        var (prepared, problems) = await FindAsync(change: false, cancel);
        foreach (var note in prepared.Notes)
        {
            BridgeLog.Note(parts.Logger, note);
        }

        foreach (var problem in problems)
        {
            BridgeLog.Problem(parts.Logger, problem);
        }

        return problems.Count == 0;
    }

    private async Task<(PreparedProject Prepared, IReadOnlyList<string> Problems)> FindAsync(bool change, CancellationToken cancel)
    {
        var known = parts.Journal.Fact(ProjectFact);
        if (parts.Journal.Fact(AddressFact) is { } before && before != address)
        {
            return (new PreparedProject(known, [], []), [$"The journal is of {before}; use another Bridge:Journal for {address}."]);
        }

        if (await classes.ReadAsync(cancel) is { Count: > 0 } errors)
        {
            return (new PreparedProject(known, [], []), errors);
        }

        if (await parts.Queue.ClassCountAsync(cancel) is { } asked && asked != classes.Names.Names.Count)
        {
            return (new PreparedProject(known, [], []),
                [$"The model {parts.Options.Model} has {asked} classes, and {classes.Name} names {classes.Names.Names.Count}."]);
        }

        if (parts.Journal.Fact(ClassesFact) is { } names && names != classes.Names.Digest)
        {
            return (new PreparedProject(known, [], []),
            [
                "The journal is of other class names, or of another order of them, and tasks of its project have the numbers of those. "
                    + $"Use {classes.Name} as it was, or another Bridge:Journal with another project.",
            ]);
        }

        var prepared = await parts.Tool.PrepareAsync(known, change, cancel);
        return known is not null && prepared.Project != known
            ? (prepared, [$"The journal is of project {known}; use another Bridge:Journal for project {prepared.Project}."])
            : (prepared, prepared.Problems);
    }
}
