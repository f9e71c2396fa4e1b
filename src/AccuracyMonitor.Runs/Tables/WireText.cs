using System.Text.Json;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Runs.Tables;

/// <summary>Values of the wire as tables show them.</summary>
internal static class WireText
{
    /// <summary>An enumeration in lower case; a value that only a newer sidecar knows is its number.</summary>
    public static string Of<T>(T value)
        where T : struct, System.Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>ISO 8601 in UTC with all digits; null without a time.</summary>
    public static string? Of(Timestamp? time) => time?.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'");
}
