namespace AccuracyMonitor.Cli;

/// <summary>Reports where it is called, in order; <see cref="Progress{T}"/> posts them.</summary>
internal sealed class Inline<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
