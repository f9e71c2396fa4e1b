using AccuracyMonitor.Demo.Attacks;
using AccuracyMonitor.Demo.Corruptions;
using AccuracyMonitor.Demo.Data;

namespace AccuracyMonitor.Runs.Demo;

/// <summary>One stretch of the stream: what is done to the images.</summary>
/// <param name="Name">As shown.</param>
/// <param name="Corruption">Null: none.</param>
/// <param name="Severity">Of the corruption or the attack, 1…5.</param>
/// <param name="Attack">Null: none.</param>
internal sealed record DemoCondition(string Name, CorruptionKind? Corruption, int Severity, AttackKind? Attack = null)
{
    /// <summary>The story that the demo tells, in order.</summary>
    public static IReadOnlyList<DemoCondition> Story { get; } =
    [
        new("clean", null, 0),
        new("noisy", CorruptionKind.GaussianNoise, 3),
        new("rotated", CorruptionKind.Rotation, 2),
        new("dark", CorruptionKind.Darkness, 5),
        new("attacked", null, 4, AttackKind.Fgsm),
    ];

    /// <summary>What is done, in words.</summary>
    public string Detail => this switch
    {
        { Corruption: { } kind } => $"{kind}, severity {Severity} of 5",
        { Attack: { } kind } => $"{kind.ToString().ToUpperInvariant()}, severity {Severity} of 5",
        _ => "as they are",
    };

    /// <summary>Writes what the classifier will see of an image.</summary>
    /// <param name="images">The clean images, or the attacked ones for a condition with an attack.</param>
    /// <param name="index">Of the image.</param>
    /// <param name="destination">784 bytes.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="sequence">Of the prediction within the run: an image that comes again has other noise.</param>
    public void Write(LabelledImages images, int index, Span<byte> destination, ulong seed, ulong sequence)
    {
        if (Corruption is { } kind)
        {
            AccuracyMonitor.Demo.Corruptions.Corruption.Apply(kind, Severity, images.Image(index), destination, seed, sequence);
        }
        else
        {
            images.Image(index).CopyTo(destination);
        }
    }
}
