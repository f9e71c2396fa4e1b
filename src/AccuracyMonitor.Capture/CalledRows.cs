using System.Globalization;
using AccuracyMonitor.Hosting.Access;

namespace AccuracyMonitor.Capture;

/// <summary>Rows of one answer of a call: their ids are the call's, <c>#</c> and their number.</summary>
/// <param name="Id">Of the call.</param>
/// <param name="First">Number of the first row.</param>
internal sealed record CalledRows(string Id, long First)
{
    /// <summary>Who reported the call; null: nobody, it was seen by the tap.</summary>
    public Caller? Caller { get; init; }

    /// <param name="row">Of the answer, from 0.</param>
    public string IdOf(long row) => string.Create(CultureInfo.InvariantCulture, $"{Id}#{First + row}");

    /// <param name="id">One that <see cref="IdOf"/> made.</param>
    public long RowOf(string id) => long.Parse(id.AsSpan(Id.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture) - First;
}

/// <summary>The rows of one answer.</summary>
internal sealed record AnsweredRows(string Model, string Version, int Count, CalledRows Call);
