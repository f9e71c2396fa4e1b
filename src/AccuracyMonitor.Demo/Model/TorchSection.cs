using System.Runtime;

namespace AccuracyMonitor.Demo.Model;

/// <summary>
/// Runs torch operations that take numbers (<c>x / 255</c>, an optimiser's step) with the garbage collector held back. TorchSharp 0.107 wraps
/// such a number in an object with a finalizer and keeps no reference to it during the native call, so a collection at that moment frees it
/// under libtorch: an error from Scalar.h, or a wrong number without one.
/// </summary>
internal static class TorchSection
{
    /// <summary>More than a step allocates by far, other threads' work meanwhile included.</summary>
    private const long Budget = 32L << 20;

    private static readonly Lock Gate = new();

    public static T Run<T>(Func<T> work)
    {
        lock (Gate)
        {
            var held = GC.TryStartNoGCRegion(Budget);
            try
            {
                return work();
            }
            finally
            {
                // Other threads may have used up the budget, and then the region has ended by itself.
                if (held && GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
                {
                    GC.EndNoGCRegion();
                }
            }
        }
    }
}
