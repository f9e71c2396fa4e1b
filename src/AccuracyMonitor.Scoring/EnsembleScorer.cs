using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Runtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;

namespace AccuracyMonitor.Scoring;

/// <summary>
/// A monitor network's members on ONNX Runtime. Batches of any size; inside, they are scored <see cref="MaxRows"/> rows at a time from
/// buffers that stay. Calls from several threads follow one another.
/// </summary>
public sealed class EnsembleScorer : IMonitorScorer
{
    /// <summary>Beyond it a row costs no less, and the members' second layers no longer fit in a core's cache.</summary>
    internal const int MaxRows = 128;

    private readonly Lock _gate = new();
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly BatchBinding?[] _bindings = new BatchBinding?[MaxRows + 1];
    private readonly float[] _probabilities;
    private readonly float[] _logits = new float[MaxRows];
    private readonly float[] _disagreements = new float[MaxRows];
    private bool _disposed;

    /// <summary>Values a row that the session reads: the largest only, where the graph would sort the rest away again.</summary>
    private readonly int _width;

    private EnsembleScorer(MonitorMetadata metadata, InferenceSession session, int width)
    {
        Metadata = metadata;
        _session = session;
        _width = width;
        _probabilities = new float[MaxRows * width];
    }

    public string Version => Metadata.MonitorVersion;

    public string Kind => "ensemble";

    public int? ClassCount => Metadata.ClassCount;

    public MonitorMetadata Metadata { get; }

    MonitorMetadata? IMonitorScorer.Metadata => Metadata;

    /// <summary>Loads a monitor file.</summary>
    /// <param name="onnx">The file; not kept.</param>
    /// <param name="options">Where to compute, and what K must be.</param>
    /// <param name="logger">Hears of a fall back to the CPU.</param>
    /// <exception cref="MonitorFileException">Truncated, foreign, damaged, of another format or class count.</exception>
    /// <exception cref="InvalidOperationException">CUDA is asked for and not there.</exception>
    public static EnsembleScorer Load(ReadOnlyMemory<byte> onnx, ScorerOptions options, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.IntraOpThreads, 1);
        var (metadata, weights) = MonitorFile.Read(onnx.Span, options.ClassCount);
        var width = metadata.Encoding == MonitorEncoding.SortedLog ? Math.Min(metadata.ClassCount, FeatureEncoding.Top) : metadata.ClassCount;

        // Its weights are the same for any K. At K = 1,000 ONNX Runtime took as long to sort a row as for all the members.
        var graph = width == metadata.ClassCount ? onnx.ToArray() : MonitorGraph.Build(metadata with { ClassCount = width }, weights).ToBytes();
        try
        {
            return new EnsembleScorer(metadata, SessionFactory.Open(graph, options, logger ?? NullLogger.Instance), width);
        }
        catch (OnnxRuntimeException e)
        {
            throw new MonitorFileException($"Monitor file: ONNX Runtime refuses its graph: {e.Message}", e);
        }
    }

    public void Score(ReadOnlySpan<float> probabilities, int count, int classes, Span<float> logits, Span<float> disagreements)
    {
        ScoreArguments.Check(probabilities, count, classes, logits, disagreements);
        if (classes != Metadata.ClassCount)
        {
            throw new ArgumentException($"The monitor {Version} reads {Metadata.ClassCount} classes, not {classes}.", nameof(classes));
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            for (var done = 0; done < count; done += MaxRows)
            {
                var rows = Math.Min(MaxRows, count - done);
                Gather(probabilities.Slice(done * classes, rows * classes), rows, classes);
                var binding = _bindings[rows] ??= new BatchBinding(_session, rows, _width, _probabilities, _logits, _disagreements);
                binding.Run(_session, _run);
                _logits.AsSpan(0, rows).CopyTo(logits[done..]);
                _disagreements.AsSpan(0, rows).CopyTo(disagreements[done..]);
            }
        }
    }

    private void Gather(ReadOnlySpan<float> probabilities, int rows, int classes)
    {
        if (_width == classes)
        {
            probabilities.CopyTo(_probabilities);
            return;
        }

        for (var row = 0; row < rows; row++)
        {
            LargestValues.Select(probabilities.Slice(row * classes, classes), _probabilities.AsSpan(row * _width, _width));
        }
    }

    /// <summary>Waits for a call in progress; later ones throw.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            foreach (var binding in _bindings)
            {
                binding?.Dispose();
            }

            _run.Dispose();
            _session.Dispose();
        }
    }
}
