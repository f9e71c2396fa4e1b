namespace AccuracyMonitor.Storage;

/// <summary>The store could not do what was asked. Nothing of the operation was acknowledged or kept.</summary>
public class StoreException : Exception
{
    public StoreException(string message)
        : base(message)
    {
    }

    public StoreException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}

/// <summary>The queue before the writer is full: the write was refused at once rather than kept waiting. Worth counting, worth trying later.</summary>
public sealed class StoreBusyException(string message) : StoreException(message);

/// <summary>No room on the disk. Reads still work; writes work again when there is room.</summary>
public sealed class StoreFullException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>Another process has the database.</summary>
public sealed class StoreLockedException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>The database is damaged: further checks found it too. It was set aside and a fresh one started; see <see
/// cref="MonitorStore.Quarantined"/>.</summary>
public sealed class StoreDamagedException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>SQLite reported damage that further checks did not find, as it does when the disk returns something else for a while. Nothing was
/// changed.</summary>
internal sealed class UnconfirmedDamageException(string message, Exception? inner = null) : StoreException(message, inner);
