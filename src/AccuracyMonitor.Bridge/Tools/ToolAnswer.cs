namespace AccuracyMonitor.Bridge.Tools;

/// <summary>What one annotation says.</summary>
internal abstract record ToolAnswer
{
    private ToolAnswer()
    {
    }

    /// <summary>The true class.</summary>
    internal sealed record Label(int Class) : ToolAnswer;

    /// <summary>No label can be given.</summary>
    internal sealed record Skip(string Reason) : ToolAnswer;

    /// <summary>Neither: no choice, several, or one that is no class.</summary>
    internal sealed record Unusable(string Why) : ToolAnswer;
}
