using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Hosting.Access;

/// <summary>Who makes a call, and what he may do.</summary>
/// <param name="Subject">As the authentication says, such as <c>token:ops</c>; <see cref="Local"/> or <see cref="Anonymous"/> without one.</param>
/// <param name="Address">Where the call comes from.</param>
/// <param name="Grants">Of the subject.</param>
public sealed record Caller(string Subject, string Address, IReadOnlyList<Grant> Grants)
{
    /// <summary>A process on this machine that uses the Unix socket or a loopback port.</summary>
    public const string Local = "local";

    public const string Anonymous = "anonymous";

    /// <summary>End of the token or certificate; null: it has none, or is of another kind.</summary>
    public DateTimeOffset? Expires { get; init; }

    public bool IsAuthenticated => Subject is not (Local or Anonymous);

    /// <summary>Whose the ids are that he reports: the subject's; empty: nobody's in particular, since he is not authenticated.</summary>
    public string Owner => IsAuthenticated ? Subject : "";

    /// <summary>Whether he may do this with at least one model.</summary>
    public bool May(Roles role) => Grants.Any(g => (g.Roles & role) == role);

    public bool May(Roles role, string model)
    {
        foreach (var grant in Grants)
        {
            if (grant.Covers(role, model))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether he may do this with every model.</summary>
    public bool MayWithAll(Roles role) => Grants.Any(g => g.Models is null && (g.Roles & role) == role);

    /// <exception cref="InvalidOperationException">The call did not pass <see cref="AccessMiddleware"/>.</exception>
    public static Caller Of(HttpContext context) => context.Features.Get<Caller>() ?? throw new InvalidOperationException("The call was not authenticated.");
}
