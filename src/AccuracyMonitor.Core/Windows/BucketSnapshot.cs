using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Windows;

/// <summary>
/// The part of a bucket that only the stream can give, for a store to keep. Labels and requests are not in it: they are durable one by one
/// and are counted again from there.
/// </summary>
/// <param name="Window">The window whose ring the bucket belongs to.</param>
/// <param name="Start">Start of the bucket, UTC.</param>
/// <param name="Sums">Totals so far: a later snapshot of the same bucket replaces an earlier one.</param>
/// <param name="Sequence">Orders the snapshots of one bucket: of two, the one with the higher number is the later. From 1, and from 1 again in
/// the next process: a store numbers on from what it holds.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BucketSnapshot(TimeSpan Window, DateTimeOffset Start, PredictionSums Sums, long Sequence);
