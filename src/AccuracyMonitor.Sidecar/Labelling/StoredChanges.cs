namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>
/// Keeps two things apart: changes of label requests, which are stored and then applied to windows, and reading stored requests back into windows. A change
/// that is stored before the reading and applied after it would be counted twice, and the other way round not at all. Changes run together, each reading
/// alone. Not for calls within each other.
/// </summary>
internal sealed class StoredChanges
{
    private readonly Lock _gate = new();
    private int _changing;

    /// <summary>Completes when the reading that waits or runs has ended; null: there is none.</summary>
    private TaskCompletionSource? _reading;

    /// <summary>Completes when no change runs; for the reading that waits.</summary>
    private TaskCompletionSource _unchanging = new();

    /// <summary>Stores a change and applies it.</summary>
    public async Task<T> ChangeAsync<T>(Func<Task<T>> storeAndApply)
    {
        while (!TryBeginChange(out var reading))
        {
            await reading;
        }

        try
        {
            return await storeAndApply();
        }
        finally
        {
            lock (_gate)
            {
                if (--_changing == 0 && _reading is not null)
                {
                    _unchanging.SetResult();
                }
            }
        }
    }

    /// <summary>Reads and counts what was read.</summary>
    public async Task ReadAsync(Func<Task> readAndCount)
    {
        while (!TryBeginReading(out var other))
        {
            await other;
        }

        try
        {
            await _unchanging.Task;
            await readAndCount();
        }
        finally
        {
            TaskCompletionSource ended;
            lock (_gate)
            {
                (ended, _reading) = (_reading!, null);
            }

            ended.SetResult();
        }
    }

    /// <returns>True if the change counts as running.</returns>
    private bool TryBeginChange(out Task reading)
    {
        lock (_gate)
        {
            reading = _reading?.Task ?? Task.CompletedTask;
            _changing += _reading is null ? 1 : 0;
            return _reading is null;
        }
    }

    /// <returns>True if the reading is the one that waits, or runs where no change does.</returns>
    private bool TryBeginReading(out Task other)
    {
        lock (_gate)
        {
            other = _reading?.Task ?? Task.CompletedTask;
            if (_reading is not null)
            {
                return false;
            }

            _reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _unchanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_changing == 0)
            {
                _unchanging.SetResult();
            }

            return true;
        }
    }
}
