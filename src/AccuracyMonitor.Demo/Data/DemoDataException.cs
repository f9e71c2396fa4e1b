namespace AccuracyMonitor.Demo.Data;

/// <summary>A data or asset file of the demo is missing or not what it should be. The message names the file and the reason.</summary>
public sealed class DemoDataException : Exception
{
    public DemoDataException(string message)
        : base(message)
    {
    }

    public DemoDataException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
