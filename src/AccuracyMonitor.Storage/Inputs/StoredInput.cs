namespace AccuracyMonitor.Storage.Inputs;

/// <summary>What the deployed model was given for one prediction.</summary>
/// <param name="ContentType">A media type, at most <see cref="MaxContentType"/> characters.</param>
/// <param name="Content">At least one byte.</param>
public sealed record StoredInput(string ContentType, ReadOnlyMemory<byte> Content)
{
    public const int MaxContentType = 100;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfZero(Content.Length, nameof(Content));
        ArgumentException.ThrowIfNullOrEmpty(ContentType);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ContentType.Length, MaxContentType, nameof(ContentType));
    }
}
