using System.Globalization;
using System.Text.RegularExpressions;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>
/// Reads times: ISO 8601, extended or basic, with or without an offset (without one: UTC), and numbers since 1970 whose unit the magnitude of the first one
/// tells. Dates whose order of day and month is a convention are read only in a format that was given.
/// </summary>
internal sealed partial class TraceTime(string? format)
{
    private const string Expected = "ISO 8601, as 2026-01-01T00:00:00Z, or a number since 1970; another format: --time-format \"dd/MM/yyyy HH:mm:ss\"";
    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;

    private static readonly (string Name, decimal PerSecond, decimal Below)[] Units =
        [("seconds", 1, 1e11m), ("milliseconds", 1e3m, 1e14m), ("microseconds", 1e6m, 1e17m), ("nanoseconds", 1e9m, 1e20m)];

    private static readonly string[] Iso =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFF K", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mmK",
        "yyyy-MM-dd", "yyyyMMdd'T'HHmmss.FFFFFFFK", "yyyyMMdd'T'HHmmK", "yyyyMMdd",
    ];

    private int _unit = -1;
    private bool _hasText;
    private (DateTimeOffset Time, int Unit)? _read;

    public DateTimeOffset? Earliest { get; private set; }

    public DateTimeOffset? Latest { get; private set; }

    /// <summary>How the times are written.</summary>
    public string Form => _unit >= 0 ? $"{Units[_unit].Name} since 1970" : format ?? "ISO 8601";

    /// <summary>What the row's time says about other rows holds from <see cref="Accept"/> on.</summary>
    /// <returns>Null if the row has none.</returns>
    /// <exception cref="TraceFileException">Not understood, or of another unit than the first.</exception>
    public DateTimeOffset? Read(RowReader rows, int column)
    {
        _read = null;
        if (column < 0 || rows[column] is not { IsMissing: false } cell)
        {
            return null;
        }

        _read = (format is null && NumberOf(cell) is { } number ? FromNumber(rows, column, number) : FromText(cell))
            ?? throw rows.Defect($"'{rows.Names[column]}' is {cell}; expected {(format is null ? Expected : $"a time as {format} (--time-format)")}");
        return _read.Value.Time;
    }

    /// <summary>The row that was read last has no defect.</summary>
    public void Accept()
    {
        if (_read is not { } read)
        {
            return;
        }

        var (time, unit) = read;
        (Earliest, Latest) = (Earliest is null || time < Earliest ? time : Earliest, Latest is null || time > Latest ? time : Latest);
        (_unit, _hasText) = (unit < 0 ? _unit : unit, _hasText || unit < 0);
    }

    private static decimal? NumberOf(Cell cell)
    {
        if (cell.Kind is not (CellKind.Number or CellKind.Text)
            || !decimal.TryParse(cell.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        // Eight digits that are a date are one, rather than a day in 1970.
        return cell.Text.Length == 8 && DateTime.TryParseExact(cell.Text, "yyyyMMdd", CultureInfo.InvariantCulture, Utc, out _) ? null : number;
    }

    private (DateTimeOffset, int)? FromNumber(RowReader rows, int column, decimal number)
    {
        var unit = Array.FindIndex(Units, u => Math.Abs(number) < u.Below);
        if (unit < 0)
        {
            return null;
        }

        // Small numbers fit every unit.
        var known = _unit < 0 && !_hasText ? unit : _unit;
        if (known < unit || (known > unit && Math.Abs(number) >= Units[known].Below / 1e6m))
        {
            throw rows.Defect($"'{rows.Names[column]}' is {rows[column]}; expected a time as on the rows before, {Form}");
        }

        var ticks = number / Units[known].PerSecond * TimeSpan.TicksPerSecond;
        return ticks > (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks || ticks < (DateTimeOffset.MinValue - DateTimeOffset.UnixEpoch).Ticks
            ? null
            : (DateTimeOffset.UnixEpoch.AddTicks((long)ticks), known);
    }

    private (DateTimeOffset, int)? FromText(Cell cell)
    {
        var text = format is null ? LongFraction().Replace(cell.Text, ".${digits}") : cell.Text;
        return DateTimeOffset.TryParseExact(text, format is null ? Iso : [format], CultureInfo.InvariantCulture, Utc, out var time) ? (time, -1) : null;
    }

    /// <summary>More digits than .NET reads (nanoseconds), or a comma before them.</summary>
    [GeneratedRegex(@"(?<=[0-9]{2})[.,](?<digits>[0-9]{1,7})[0-9]*", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex LongFraction();
}
