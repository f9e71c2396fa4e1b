using k8s.Autorest;

namespace AccuracyMonitor.Injector.Cluster;

/// <summary>Errors of the API server in a few words.</summary>
internal static class Errors
{
    public static string Describe(Exception e) => e switch
    {
        HttpOperationException { Response: { } response } => $"the API server answered {(int)response.StatusCode} {response.StatusCode}",
        OperationCanceledException => "the API server did not answer in time",
        { InnerException: { } inner } => $"{e.Message} {inner.Message}",
        _ => e.Message,
    };
}
