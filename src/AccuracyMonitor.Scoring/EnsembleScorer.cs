using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Scoring;

/// <summary>A monitor network's members on ONNX Runtime.</summary>
public sealed class EnsembleScorer : IMonitorScorer
{
    internal EnsembleScorer(MonitorMetadata metadata) => Metadata = metadata;

    public string Version => Metadata.MonitorVersion;

    public string Kind => "ensemble";

    public int? ClassCount => Metadata.ClassCount;

    public MonitorMetadata Metadata { get; }

    /// <summary>Loads a monitor file.</summary>
    /// <exception cref="MonitorFileException">Truncated, foreign, damaged, of another format or class count.</exception>
    /// <exception cref="InvalidOperationException">CUDA is asked for and not there.</exception>
    public static EnsembleScorer Load(ReadOnlyMemory<byte> onnx, ScorerOptions options, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        throw new MonitorFileException($"{onnx.Length} bytes, {logger}");
    }

    public void Score(ReadOnlySpan<float> probabilities, int count, int classes, Span<float> logits, Span<float> disagreements)
    {
        ScoreArguments.Check(probabilities, count, classes, logits, disagreements);
        throw new NotSupportedException();
    }

    public void Dispose()
    {
    }
}
