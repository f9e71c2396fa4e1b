using System.Threading.Channels;

namespace AccuracyMonitor.Storage.Writing;

/// <summary>
/// The one writer: a thread of its own (a commit blocks for as long as the disk takes, which the thread pool should not feel) that takes
/// all operations that wait, up to a bound, into one transaction.
/// </summary>
internal sealed class WriterLoop
{
    private readonly Channel<WriteOperation> _queue;
    private readonly GroupCommit _commit;
    private readonly StoreOptions _options;
    private readonly StoreCounters _counters;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WriterLoop(GroupCommit commit, StoreOptions options, StoreCounters counters, TimeProvider clock)
    {
        (_commit, _options, _counters, _clock) = (commit, options, counters, clock);
        // The counters bound it, by number and by bytes; the channel itself need not.
        _queue = Channel.CreateUnbounded<WriteOperation>(new UnboundedChannelOptions { SingleReader = true });
        new Thread(Run) { IsBackground = true, Name = "accuracy-monitor-store" }.Start();
    }

    /// <exception cref="StoreBusyException">Too much waits already.</exception>
    public void Enqueue(WriteOperation operation)
    {
        if (!_counters.TryReserve(operation.Bytes, _options))
        {
            throw new StoreBusyException(
                $"The store is busy: {_counters.WritesWaiting} writes of {_counters.BytesWaiting} bytes wait (bounds: {_options.MaxQueuedWrites} and "
                    + $"{_options.MaxQueuedBytes}). Try again later.");
        }

        if (!_queue.Writer.TryWrite(operation))
        {
            _counters.Finished(operation.Bytes, success: false);
            throw new ObjectDisposedException(nameof(WriterLoop), "The store is closed.");
        }
    }

    /// <summary>Takes nothing more; completes when all that was taken is committed and answered.</summary>
    public Task StopAsync()
    {
        _queue.Writer.TryComplete();
        return _stopped.Task;
    }

    private void Run()
    {
        var batch = new List<WriteOperation>(_options.MaxBatch);
        while (WaitForWork())
        {
            Take(batch);
            if (_options.GroupCommitDelay > TimeSpan.Zero && batch.Count < _options.MaxBatch)
            {
                Task.Delay(_options.GroupCommitDelay, _clock).Wait();
                Take(batch);
            }

            _commit.Run(batch);
            batch.Clear();
        }

        _stopped.TrySetResult();
    }

    private bool WaitForWork()
    {
        var work = _queue.Reader.WaitToReadAsync();
        return work.IsCompleted ? work.Result : work.AsTask().Result;
    }

    private void Take(List<WriteOperation> batch)
    {
        while (batch.Count < _options.MaxBatch && _queue.Reader.TryRead(out var operation))
        {
            batch.Add(operation);
        }
    }
}
