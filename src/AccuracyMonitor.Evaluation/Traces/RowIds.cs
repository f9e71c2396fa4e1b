using System.Globalization;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Gives rows without an id one by their place: <c>line-7</c>, and from the second file of a folder on <c>file-1-line-7</c>.</summary>
internal sealed class RowIds
{
    private string? _file;
    private int _part = -1;

    /// <summary>Whether a row without an id was met.</summary>
    public bool AnyByPlace { get; private set; }

    /// <summary>To be called for each row in order, also for those that have an id.</summary>
    public string Of(string? id, string path, string unit, long number)
    {
        _part += path == _file ? 0 : 1;
        _file = path;
        AnyByPlace |= id is null;
        return id ?? (_part == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{unit}-{number}")
            : string.Create(CultureInfo.InvariantCulture, $"file-{_part}-{unit}-{number}"));
    }
}
