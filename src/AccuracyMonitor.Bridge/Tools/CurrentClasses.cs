namespace AccuracyMonitor.Bridge.Tools;

/// <summary>The classes that annotators choose from, as they were last read; replaced by reference.</summary>
internal sealed class CurrentClasses
{
    private volatile ClassNames? _names;

    /// <exception cref="InvalidOperationException">They have not been read.</exception>
    public ClassNames Names
    {
        get => _names ?? throw new InvalidOperationException("The class names have not been read.");
        set => _names = value;
    }
}
