namespace AccuracyMonitor.Evaluation;

/// <summary>Calls the receiver on the reporting thread, in order. <see cref="Progress{T}"/> posts its reports instead.</summary>
internal sealed class SynchronousProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
