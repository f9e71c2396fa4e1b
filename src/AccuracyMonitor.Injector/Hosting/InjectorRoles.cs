using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Injector.Serving;

namespace AccuracyMonitor.Injector.Hosting;

/// <summary>The role that each page needs. What is missing here is refused to everybody.</summary>
internal static class InjectorRoles
{
    public static EndpointRoles Table { get; } = new(
        new Dictionary<string, Roles>(StringComparer.Ordinal),
        new Dictionary<string, Roles>(StringComparer.Ordinal)
        {
            // API servers have no token, and an answer changes nothing but the pod in the question.
            [MutateEndpoint.Path] = Roles.None,
            ["/"] = Roles.None,
            ["/healthz"] = Roles.None,
            ["/readyz"] = Roles.None,
            ["/metrics"] = Roles.Metrics,
        });
}
