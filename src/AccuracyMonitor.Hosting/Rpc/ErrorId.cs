using System.Security.Cryptography;

namespace AccuracyMonitor.Hosting.Rpc;

/// <summary>Identifies one unexpected error: the caller gets it, and the log has it beside the exception.</summary>
public static class ErrorId
{
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
}
