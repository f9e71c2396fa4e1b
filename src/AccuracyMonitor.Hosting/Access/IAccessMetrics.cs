namespace AccuracyMonitor.Hosting.Access;

/// <summary>What the access checks count.</summary>
public interface IAccessMetrics
{
    /// <param name="reason"><c>unauthenticated</c>, <c>forbidden</c>, <c>cross_origin</c> or <c>host</c>.</param>
    void Denied(string reason);
}
