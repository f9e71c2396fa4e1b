using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Sidecar.Alarms;

/// <summary>A label as the alarms of a model version see it.</summary>
/// <param name="Sequence">Place in the label history.</param>
/// <param name="LabelledAt">When the label was given.</param>
/// <param name="MonitorVersion">The monitor that gave its score.</param>
/// <param name="Segment">As kept; empty: none.</param>
/// <param name="PredictedClass">As kept: the number, or that of the classes beyond the cap; null: classes are not kept.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AlarmLabel(
    long Sequence, DateTimeOffset LabelledAt, LabelPoint Point, string MonitorVersion, string Segment, int? PredictedClass);
