using System.Numerics.Tensors;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Runtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;

namespace AccuracyMonitor.Scoring;

/// <summary>
/// Runs the members of a monitor network on ONNX Runtime. Batches may have any size; they are scored in chunks of <see cref="MaxRows"/>
/// rows with reused buffers. Calls from several threads are serialised.
/// </summary>
public sealed class EnsembleScorer : IMonitorScorer
{
    /// <summary>Larger chunks do not reduce the cost per row, and the members' second layers would no longer fit in a core's
    /// cache.</summary>
    internal const int MaxRows = MonitorCost.RowsPerRun;

    private readonly Lock _gate = new();
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly BatchBinding?[] _bindings = new BatchBinding?[MaxRows + 1];
    private readonly float[] _features;
    private readonly long[] _classes = new long[MaxRows];
    private readonly float[] _confidences = new float[MaxRows];
    private readonly float[] _units;
    private readonly MemberMean _mean;
    private readonly int _width;
    private bool _disposed;

    private EnsembleScorer(MonitorMetadata metadata, MonitorWeights weights, InferenceSession session)
    {
        Metadata = metadata;
        _session = session;
        _width = MemberGraph.Width(metadata);
        _features = new float[MaxRows * _width];
        _units = new float[MaxRows * MemberMean.UnitsOf(metadata)];
        _mean = new MemberMean(metadata, weights, MaxRows);
    }

    public string Version => Metadata.MonitorVersion;

    public string Kind => "ensemble";

    public int? ClassCount => Metadata.ClassCount;

    public int? Largest => Metadata.Encoding == MonitorEncoding.SortedLog ? Math.Min(Metadata.ClassCount, FeatureEncoding.Top) : null;

    public MonitorMetadata Metadata { get; }

    MonitorMetadata? IMonitorScorer.Metadata => Metadata;

    /// <summary>Loads a monitor file.</summary>
    /// <param name="onnx">The file; not kept.</param>
    /// <param name="options">Execution provider, threads and the required K.</param>
    /// <param name="logger">Logs a fallback to the CPU.</param>
    /// <exception cref="MonitorFileException">The file is truncated, damaged, not a monitor, of another format or class
    /// count, or beyond the bounds.</exception>
    /// <exception cref="InvalidOperationException">CUDA was requested but is not available.</exception>
    public static EnsembleScorer Load(ReadOnlyMemory<byte> onnx, ScorerOptions options, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.IntraOpThreads, 1);
        var (metadata, weights) = MonitorFile.Read(onnx.Span, options.ClassCount, options.Bounds);
        try
        {
            var graph = MemberGraph.Build(metadata, weights).ToBytes();
            return new EnsembleScorer(metadata, weights, SessionFactory.Open(graph, options, logger ?? NullLogger.Instance));
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
                for (var row = 0; row < rows; row++)
                {
                    Encode(probabilities.Slice((done + row) * classes, classes), row);
                }

                Run(rows, logits[done..], disagreements[done..]);
            }
        }
    }

    public void ScoreLargest(ReadOnlySpan<float> largest, int count, int width, Span<float> logits, Span<float> disagreements)
    {
        ScoreArguments.Check(largest, count, width, logits, disagreements);
        if (Largest is not { } read || width < read)
        {
            throw new ArgumentException(
                $"The monitor {Version} reads {(Largest is { } n ? $"the {n} largest" : "all")} of {Metadata.ClassCount} classes, not {width}.", nameof(width));
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            for (var done = 0; done < count; done += MaxRows)
            {
                var rows = Math.Min(MaxRows, count - done);
                for (var row = 0; row < rows; row++)
                {
                    EncodeLargest(largest.Slice((done + row) * width, read), row);
                }

                Run(rows, logits[done..], disagreements[done..]);
            }
        }
    }

    private void Run(int rows, Span<float> logits, Span<float> disagreements)
    {
        var binding = _bindings[rows] ??= new BatchBinding(_session, Metadata, rows, _features, _classes, _units);
        binding.Run(_session, _run);
        _mean.Of(_units, _confidences, logits[..rows], disagreements[..rows]);
    }

    private void Encode(ReadOnlySpan<float> row, int place)
    {
        if (Metadata.Encoding == MonitorEncoding.RawSoftmax)
        {
            row.CopyTo(_features.AsSpan(place * _width));
            return;
        }

        Span<float> largest = stackalloc float[FeatureEncoding.Top];
        LargestValues.Select(row, largest);
        EncodeLargest(largest, place);
        if (MemberGraph.ReadsTheClass(Metadata))
        {
            _classes[place] = TensorPrimitives.IndexOfMax(row);
            FeatureEncoding.Logarithm(row, _features.AsSpan((place * _width) + FeatureEncoding.SortedWidth, row.Length));
        }
    }

    private void EncodeLargest(ReadOnlySpan<float> largest, int place)
    {
        Span<float> ten = stackalloc float[FeatureEncoding.Top];
        ten.Clear();
        largest.CopyTo(ten);
        FeatureEncoding.EncodeLargest(ten, _features.AsSpan(place * _width, FeatureEncoding.SortedWidth));
        _confidences[place] = FeatureEncoding.ConfidenceLogit(largest[0]);
    }

    /// <summary>Waits for a call in progress; later calls throw <see cref="ObjectDisposedException"/>.</summary>
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
