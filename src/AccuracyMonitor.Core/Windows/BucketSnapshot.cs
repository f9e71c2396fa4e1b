using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Windows;

/// <summary>
/// The part of a bucket that a store must keep because it exists only in memory. Labels and requests are not included: each of them is
/// durable by itself and is counted again from the store.
/// </summary>
/// <param name="Window">The window whose ring contains the bucket.</param>
/// <param name="Start">Start of the bucket, UTC.</param>
/// <param name="Sums">Totals so far; a later snapshot of the same bucket replaces an earlier one.</param>
/// <param name="Sequence">Order of the snapshots of one bucket: the higher number is the later one. It starts at 1 in every process, and
/// a series that takes the place of another goes on from its number; a store continues from the number it holds.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BucketSnapshot(TimeSpan Window, DateTimeOffset Start, PredictionSums Sums, long Sequence);
