using System.Runtime.InteropServices;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Storage.Windows;

/// <summary>A bucket's totals so far, and whose they are.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BucketRow(SeriesKey Series, BucketSnapshot Snapshot);
