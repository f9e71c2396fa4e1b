using AccuracyMonitor.Core;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hub.Fleet;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Hub.Reports;

/// <summary>Checks a report and takes it off the wire. Its head must be right; a change that is not is refused by itself.</summary>
internal static class ReportMapping
{
    /// <summary>Changes of all kinds in one report.</summary>
    public const int MaxChanges = 10_000;

    private const int MaxInstance = 253;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: the head of the report is wrong, or it has too many changes.</exception>
    public static SourceReport FromWire(ReportRequest request, Caller caller, TimeLimits times, Refusals refusals)
    {
        if (!Guid.TryParseExact(request.SourceId, "D", out var source))
        {
            throw RpcErrors.Invalid("source_id", $"source_id is '{Short(request.SourceId)}'; it must be a UUID, as 01234567-89ab-cdef-0123-456789abcdef.");
        }

        if (request.Instance.Length > MaxInstance)
        {
            throw RpcErrors.Invalid("instance", $"instance has {request.Instance.Length} characters; at most {MaxInstance} are taken.");
        }

        var changes = request.Series.Sum(static s => (long)s.Buckets.Count) + request.Requests.Count + request.Forgotten.Count + request.Models.Count;
        if (changes > MaxChanges)
        {
            throw RpcErrors.Invalid("series", $"The report has {changes} changes; at most {MaxChanges} are taken at once.");
        }

        var check = new ChangeCheck(caller, times, refusals);
        ForgottenReport[] forgotten =
        [
            .. Latest(request.Forgotten.Select(check.Forgotten).OfType<ForgottenReport>(), static f => (f.Model, f.PredictionId), static f => f.Change),
        ];
        var forgottenAt = forgotten.ToDictionary(static f => (f.Model, f.PredictionId), static f => f.Change);
        return new SourceReport
        {
            Sender = new ReportSender(source, caller.Subject, request.Instance),
            Number = new ReportNumber(Number("epoch", request.Epoch), Number("sequence", request.Sequence)),
            Acknowledged = new ReportNumber(
                (long)Math.Min(request.AcknowledgedEpoch, long.MaxValue), (long)Math.Min(request.AcknowledgedSequence, long.MaxValue)),
            Skew = request.Sent is { } sent ? WireTimes.ToTime("sent", sent) - times.Now : TimeSpan.Zero,
            BacklogChanges = (long)Math.Min(request.Backlog?.Changes ?? 0, long.MaxValue),
            BacklogAge = request.Backlog?.Age is { } age && WireDurations.ToTimeSpan(age) is { } length ? length : TimeSpan.Zero,
            Buckets = [.. Latest(BucketsOf(request, check), static b => (b.Series, b.Place), static b => b.Change)],
            Requests =
            [
                .. Latest(
                    request.Requests.Select(check.Request).OfType<ReportedDecision>(),
                    static r => (r.Series.ModelKey, r.PredictionTime, r.PredictionId),
                    static r => r.Change)
                    .Where(r => r.Change > forgottenAt.GetValueOrDefault((r.Series.ModelKey, r.PredictionId))),
            ],
            Forgotten = forgotten,
            Models = [.. Latest(request.Models.Select(check.Model).OfType<ReportedMonitor>(), static m => m.Model, static m => m.Change)],
        };
    }

    private static IEnumerable<ReportedBucket> BucketsOf(ReportRequest request, ChangeCheck check) => request.Series.SelectMany(
        (series, s) => check.Series(series, s) is { } key
            ? series.Buckets.Select((bucket, b) => check.Bucket(key, bucket, $"series[{s}].buckets[{b}]")).OfType<ReportedBucket>()
            : []);

    /// <summary>One statement cannot change a row twice.</summary>
    private static IEnumerable<T> Latest<T, TKey>(IEnumerable<T> all, Func<T, TKey> key, Func<T, long> change) =>
        all.GroupBy(key).Select(g => g.MaxBy(change)!);

    private static long Number(string field, ulong value) => value is > 0 and <= long.MaxValue
        ? (long)value
        : throw RpcErrors.Invalid(field, $"{field} is {value}; it must be from 1 to {long.MaxValue}.");

    private static string Short(string text) => text.Length > 50 ? $"{text[..50]}…" : text;
}
