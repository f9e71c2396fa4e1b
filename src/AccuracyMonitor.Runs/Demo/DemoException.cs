namespace AccuracyMonitor.Runs.Demo;

/// <summary>The demo can't go on. The message is for the person at the terminal.</summary>
internal sealed class DemoException : Exception
{
    public DemoException(string message)
        : base(message)
    {
    }

    public DemoException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
