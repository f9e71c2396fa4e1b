using System.Collections.Frozen;

namespace AccuracyMonitor.Hosting.Access;

/// <summary>One line of the table that gives roles to subjects: <c>subject=role,role</c> or <c>subject=role,role@model,model</c>.</summary>
/// <param name="Subject">Such as <c>token:ops</c>, <c>jwt:system:serviceaccount:shop:web</c> or <c>cert:spiffe://shop/web</c>; <c>*</c>: everybody who is
/// authenticated.</param>
/// <param name="Roles">What it may do.</param>
/// <param name="Models">With which models; null: with all.</param>
public sealed record Grant(string Subject, Roles Roles, FrozenSet<string>? Models)
{
    public const string Everybody = "*";

    private static readonly string[] Names = [.. Enum.GetValues<Roles>().Where(r => r != Roles.None).Select(NameOf)];

    public bool Covers(Roles role, string model) => (Roles & role) == role && (Models is null || Models.Contains(model));

    /// <exception cref="FormatException">The line is not a valid grant; the message says why.</exception>
    public static Grant Parse(string line)
    {
        // A subject may hold '=' (a common name) and '@' (an address), a role neither.
        var equals = line.LastIndexOf('=');
        if (equals <= 0)
        {
            throw new FormatException($"'{line}' is not SUBJECT=ROLE,ROLE or SUBJECT=ROLE,ROLE@MODEL,MODEL.");
        }

        var right = line[(equals + 1)..].Split('@', 2);
        var models = right.Length == 1 ? null : right[1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return models is []
            ? throw new FormatException($"'{line}' names no model after '@'.")
            : new Grant(line[..equals].Trim(), ParseRoles(right[0]), models?.ToFrozenSet(StringComparer.Ordinal));
    }

    /// <exception cref="FormatException">A name is no role.</exception>
    public static Roles ParseRoles(string names)
    {
        var roles = Roles.None;
        foreach (var name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            roles |= Array.IndexOf(Names, name) is >= 0 and var index
                ? Enum.GetValues<Roles>().Where(r => r != Roles.None).ElementAt(index)
                : throw new FormatException($"'{name}' is no role; the roles are {string.Join(", ", Names)}.");
        }

        return roles;
    }

    public static string NameOf(Roles role) => role.ToString().ToLowerInvariant();
}
