using System.Runtime.InteropServices;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>Why one row is not taken.</summary>
/// <param name="Kind">For counters and programs.</param>
/// <param name="Message">Field, value and bound, in words.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RowFault(RowFaultKind Kind, string Message);

internal enum RowFaultKind
{
    NotFinite,
    Negative,
    SumOutOfTolerance,
    InvalidId,

    /// <summary>Further in the past or future than windows are kept for.</summary>
    TimeOutOfRange,

    /// <summary>Of <see cref="RowEncoding.TopK"/>: no full row has these largest probabilities.</summary>
    InvalidTop,
    InvalidInputReference,
}
