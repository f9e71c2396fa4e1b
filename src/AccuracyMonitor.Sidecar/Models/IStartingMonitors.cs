using AccuracyMonitor.Core;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>The monitor that a model version starts with.</summary>
internal interface IStartingMonitors
{
    /// <summary>Called on the thread of a prediction: does not block.</summary>
    /// <returns>The caller returns the lease. Null: the monitor must be loaded by <see cref="Load"/>.</returns>
    MonitorLease? AtHand(ModelKey key, int classCount);

    /// <summary>Loads the monitor, which may take seconds: never called on the thread of a prediction.</summary>
    /// <returns>The caller returns the lease. Null: other monitors were loaded all the time, and the caller asks again.</returns>
    MonitorLease? Load(ModelKey key, int classCount);

    /// <summary>Called where <see cref="Load"/>, or the use of what it loaded, failed as nobody foresaw: the fallback stays in use.</summary>
    void Failed(ModelKey key, Exception exception);

    /// <summary>What scores where nothing else can: needs no loading.</summary>
    MonitorLease Fallback();
}
