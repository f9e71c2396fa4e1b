using System.Collections.Frozen;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hosting.Access;

/// <summary>
/// Whose a model is. A grant that names a model with the role observe, and not administer, gives it to its subject: how many classes a version of it has must
/// not be said first by somebody who may report any model. A model that no such grant names is everybody's.
/// </summary>
public sealed class ModelOwners(IOptions<AccessOptions> options)
{
    private readonly FrozenSet<string> _owned = options.Value.Grants.Select(Grant.Parse)
        .Where(static g => (g.Roles & Roles.Administer) is var roles && roles != Roles.Administer && (roles & Roles.Observe) != Roles.None)
        .SelectMany(static g => g.Models ?? FrozenSet<string>.Empty)
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// Whether a caller may be the first who reports a version of a model: a local process, an administrator, or one whom a grant names for it.
    /// </summary>
    public bool MayOpen(Caller caller, string model)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return !_owned.Contains(model)
            || caller.MayWithAll(Roles.Administer)
            || caller.Grants.Any(g => g.Subject is Caller.Local || (g.Models is not null && g.Covers(Roles.Observe, model)));
    }
}
