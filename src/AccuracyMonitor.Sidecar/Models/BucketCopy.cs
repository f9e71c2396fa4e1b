using System.Buffers;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>A window's buckets as they were at one moment, in rented memory that <see cref="Dispose"/> gives back.</summary>
internal readonly ref struct BucketCopy(Bucket[] rented, int count) : IDisposable
{
    public ReadOnlySpan<Bucket> Buckets => rented.AsSpan(0, count);

    public void Dispose() => ArrayPool<Bucket>.Shared.Return(rented);
}
