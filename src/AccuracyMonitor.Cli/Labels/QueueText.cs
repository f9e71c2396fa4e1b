using System.Globalization;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary>The queue in one line.</summary>
internal static class QueueText
{
    public static string Of(QueueState s) => string.Create(
        CultureInfo.InvariantCulture,
        $"waiting {s.Waiting}, leased {s.Leased}, answered {s.Answered}, skipped {s.Skipped}, expired {s.Expired}"
            + $"{(s.OpinionsWanted > 0 ? $", opinions wanted {s.OpinionsWanted}" : "")}"
            + $"{(s.KeptApart > 0 ? $", kept apart {s.KeptApart} that nobody asked for and no estimate uses" : "")}"
            + $"{(s.OldestWaiting is { } oldest ? $", oldest waiting since {oldest.ToDateTimeOffset():yyyy-MM-dd'T'HH:mm:ss'Z'}" : "")}");
}
