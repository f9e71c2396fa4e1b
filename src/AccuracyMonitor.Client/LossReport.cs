using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Client;

/// <summary>
/// Warns of predictions that do not count: the first rejection at once with the sidecar's reason, all else once a minute with numbers. A model whose outputs
/// have the wrong form has every prediction rejected, and its application must not log a line for each. Thread-safe.
/// </summary>
internal sealed class LossReport : IDisposable
{
    /// <summary>Reasons that name the row's own numbers are all different: those beyond the first few are counted together.</summary>
    private const int MaxReasons = 4;

    private const string OtherReasons = "other reasons";
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _rejected = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _refused = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _dropped = new(StringComparer.Ordinal);
    private readonly string _model;
    private readonly ClientCounters _counters;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _since;
    private long _accepted;
    private bool _hasTold;

    public LossReport(MonitorClientOptions options, ClientCounters counters, ILogger logger, TimeProvider time)
    {
        (_model, _counters, _logger, _time) = ($"{options.Model} {options.Version}", counters, logger, time);
        _since = time.GetTimestamp();
        _timer = time.CreateTimer(_ => TellFromTimer(), state: null, Interval, Interval);
    }

    /// <summary>A prediction that the sidecar answered as bad input.</summary>
    public void Rejected(string reason) => Count(_rejected, reason, 1);

    /// <summary>A batch that the sidecar did not take at all.</summary>
    public void Refused(long rows, string reason) => Count(_refused, reason, rows);

    /// <summary>After the answer to a batch has been counted.</summary>
    public void Answered()
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = !_hasTold && _rejected.Count + _refused.Count > 0;
        }

        if (isFirst)
        {
            Tell();
        }
    }

    /// <summary>Tells what has not been told.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Tell();
    }

    private static string Text(Dictionary<string, long> reasons) =>
        string.Join("; ", reasons.OrderByDescending(r => r.Value).Select(r => $"{r.Value} × {r.Key}"));

    private void Count(Dictionary<string, long> reasons, string reason, long count)
    {
        lock (_gate)
        {
            var key = reasons.ContainsKey(reason) || reasons.Count < MaxReasons ? reason : OtherReasons;
            reasons[key] = reasons.GetValueOrDefault(key) + count;
        }
    }

    private void TellFromTimer()
    {
        try
        {
            Tell();
        }
#pragma warning disable CA1031 // A logger that fails, on a timer's thread, would end the application that is being watched.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private void Tell()
    {
        List<Action> lines = [];
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            var seconds = _time.GetElapsedTime(_since, now).TotalSeconds;
            var accepted = _counters.Accepted;
            if (_rejected.Count > 0)
            {
                var (count, meanwhile, text) = (_rejected.Values.Sum(), accepted - _accepted, Text(_rejected));
                lines.Add(() => ClientLog.Rejected(_logger, count, _model, seconds, meanwhile, text));
            }

            if (_refused.Count > 0)
            {
                var (count, text) = (_refused.Values.Sum(), Text(_refused));
                lines.Add(() => ClientLog.Refused(_logger, count, _model, seconds, text));
            }

            if (Dropped() is { Count: > 0 } dropped)
            {
                lines.Add(() => ClientLog.Dropped(_logger, dropped.Values.Sum(), _model, seconds, Text(dropped)));
            }

            _hasTold |= _rejected.Count + _refused.Count > 0;
            (_since, _accepted) = (now, accepted);
            _rejected.Clear();
            _refused.Clear();
        }

        // Not under the lock: a console that is blocked must not stop whoever reads the answers.
        lines.ForEach(static line => line());
    }

    /// <summary>What this process dropped itself. What the sidecar refused has been told with its reason.</summary>
    private Dictionary<string, long> Dropped()
    {
        var before = new Dictionary<string, long>(_dropped, StringComparer.Ordinal);
        var lost = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (reason, count) in _counters.DroppedByReason())
        {
            _dropped[reason] = count;
            if (reason is not ("refused" or "closed") && count > before.GetValueOrDefault(reason))
            {
                lost[reason] = count - before.GetValueOrDefault(reason);
            }
        }

        return lost;
    }
}
