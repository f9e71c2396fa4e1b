namespace AccuracyMonitor.Storage.Audit;

/// <summary>Who makes a change.</summary>
/// <param name="Subject">As the authentication says, such as <c>token:ops</c>, or <c>local</c> for a caller on the socket or loopback without one.</param>
/// <param name="Address">Where the call comes from; empty for the program itself.</param>
public sealed record Actor(string Subject, string Address)
{
    /// <summary>The program itself, not asked by anybody.</summary>
    public static Actor Sidecar { get; } = new("sidecar", "");
}
