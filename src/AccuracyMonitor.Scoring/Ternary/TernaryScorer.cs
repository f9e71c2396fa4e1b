using System.Numerics;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Scoring.Ternary;

/// <summary>
/// Runs a ternary monitor without ONNX Runtime. It needs additions, subtractions and one multiplication per unit for the layer's scale. It
/// processes one SIMD vector of rows at a time, so that a unit's sum stays in a register. Dropped units are not computed. Calls from
/// several threads are serialised.
/// </summary>
public sealed class TernaryScorer : IMonitorScorer
{
    private static readonly int Rows = Vector<float>.Count;

    private readonly Lock _gate = new();
    private readonly TernaryWeights _weights;
    private readonly MemberMean _mean;
    private readonly TernaryUnit[] _first;
    private readonly Member[] _members;
    private readonly float[] _features;
    private readonly float[] _confidences = new float[Rows];
    private readonly float[] _odds;
    private readonly Vector<float>[] _inputs;
    private readonly Vector<float>[] _hidden;
    private readonly Vector<float>[] _second;
    private bool _disposed;

    private TernaryScorer(MonitorMetadata metadata, TernaryWeights weights)
    {
        (Metadata, _weights) = (metadata, weights);
        _mean = new MemberMean(metadata, weights.ToDense(), Rows);
        var layers = weights.Layers;
        int[] features = [.. Enumerable.Range(0, layers[0].Inputs)];
        _first = [.. Enumerable.Range(0, layers[0].Outputs).Select(o => TernaryUnit.Of(layers[0], o, features))];
        _members = [.. Enumerable.Range(0, metadata.Members).Select(m => Member.Of(metadata, layers, m))];
        (_features, _odds) = (new float[Rows * features.Length], new float[Rows * metadata.Members]);
        (_inputs, _hidden) = (new Vector<float>[features.Length], new Vector<float>[layers[0].Outputs]);
        _second = new Vector<float>[layers.Count > 2 ? layers[1].Outputs : 0];
    }

    public string Version => Metadata.MonitorVersion;

    public string Kind => "ensemble";

    public int? ClassCount => Metadata.ClassCount;

    public int? Largest => Metadata.Encoding == MonitorEncoding.SortedLog ? Math.Min(Metadata.ClassCount, FeatureEncoding.Top) : null;

    public MonitorMetadata Metadata { get; }

    MonitorMetadata? IMonitorScorer.Metadata => Metadata;

    /// <exception cref="MonitorFileException">The file is truncated, damaged, not a ternary monitor, or of another format.</exception>
    public static TernaryScorer Load(ReadOnlySpan<byte> file)
    {
        var (metadata, weights) = TernaryFile.Read(file);
        return new TernaryScorer(metadata, weights);
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
            var width = _inputs.Length;
            for (var done = 0; done < count; done += Rows)
            {
                var rows = Math.Min(Rows, count - done);
                for (var row = 0; row < rows; row++)
                {
                    var values = probabilities.Slice((done + row) * classes, classes);
                    FeatureEncoding.Encode(Metadata.Encoding, values, _features.AsSpan(row * width, width));
                    _confidences[row] = FeatureEncoding.ConfidenceLogit(values);
                }

                Run(logits.Slice(done, rows), disagreements.Slice(done, rows));
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
            Span<float> ten = stackalloc float[FeatureEncoding.Top];
            for (var done = 0; done < count; done += Rows)
            {
                var rows = Math.Min(Rows, count - done);
                for (var row = 0; row < rows; row++)
                {
                    ten.Clear();
                    largest.Slice((done + row) * width, read).CopyTo(ten);
                    FeatureEncoding.EncodeLargest(ten, _features.AsSpan(row * FeatureEncoding.SortedWidth, FeatureEncoding.SortedWidth));
                    _confidences[row] = FeatureEncoding.ConfidenceLogit(ten[0]);
                }

                Run(logits.Slice(done, rows), disagreements.Slice(done, rows));
            }
        }
    }

    /// <summary>Waits for a call in progress; later calls throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }
    }

    // Padding rows contain data of earlier calls; they are computed and ignored.
    private void Run(Span<float> logits, Span<float> disagreements)
    {
        Standardise();
        var layer = _weights.Layers[0];
        Layer(layer, _first, _inputs, DropoutMask.Scale(layer.Outputs, Metadata.DropoutRate), _hidden);
        var last = _weights.Layers[^1];
        var calibration = new Vector<float>((float)Metadata.CalibrationScale);
        var shift = (calibration * ((new Vector<float>(_confidences) * _weights.ConfidenceScale) + new Vector<float>(last.Bias[0])))
            + new Vector<float>((float)Metadata.CalibrationShift);
        for (var m = 0; m < _members.Length; m++)
        {
            var odds = (calibration * (last.Scale * _members[m].Sum(_weights.Layers, Metadata.DropoutRate, _hidden, _second))) + shift;
            for (var row = 0; row < logits.Length; row++)
            {
                _odds[(row * _members.Length) + m] = odds[row];
            }
        }

        _mean.Of(_odds.AsSpan(0, logits.Length * _members.Length), logits, disagreements);
    }

    private void Standardise()
    {
        Span<float> column = stackalloc float[Rows];
        for (var f = 0; f < _inputs.Length; f++)
        {
            for (var row = 0; row < Rows; row++)
            {
                column[row] = _features[(row * _inputs.Length) + f];
            }

            _inputs[f] = (new Vector<float>(column) - new Vector<float>(_weights.FeatureMean[f])) * _weights.FeatureScale[f];
        }
    }

    private static void Layer(TernaryLayer layer, TernaryUnit[] units, ReadOnlySpan<Vector<float>> inputs, float kept, Span<Vector<float>> outputs)
    {
        for (var o = 0; o < units.Length; o++)
        {
            outputs[o] = kept * Vector.Max((layer.Scale * units[o].Sum(inputs)) + new Vector<float>(layer.Bias[o]), Vector<float>.Zero);
        }
    }

    /// <summary>The units of the second hidden layer and of the last layer that a member keeps.</summary>
    private sealed record Member(int[] Kept, TernaryUnit[] Second, TernaryUnit Last)
    {
        public static Member Of(MonitorMetadata metadata, IReadOnlyList<TernaryLayer> layers, int member)
        {
            int[] KeptOf(int layer) => DropoutMask.Kept(metadata.MaskSeed, member, layer, metadata.HiddenWidths[layer], metadata.DropoutRate);
            var first = KeptOf(0);
            if (layers.Count == 2)
            {
                return new Member(first, [], TernaryUnit.Of(layers[1], 0, first));
            }

            var second = KeptOf(1);
            return new Member(second, [.. second.Select(o => TernaryUnit.Of(layers[1], o, first))], TernaryUnit.Of(layers[2], 0, second));
        }

        /// <summary>Output of the last layer before its scale and bias.</summary>
        public Vector<float> Sum(IReadOnlyList<TernaryLayer> layers, double dropout, ReadOnlySpan<Vector<float>> hidden, Span<Vector<float>> second)
        {
            if (layers.Count == 2)
            {
                return Last.Sum(hidden);
            }

            var (layer, scale) = (layers[1], DropoutMask.Scale(layers[1].Outputs, dropout));
            for (var i = 0; i < Kept.Length; i++)
            {
                second[Kept[i]] = scale * Vector.Max((layer.Scale * Second[i].Sum(hidden)) + new Vector<float>(layer.Bias[Kept[i]]), Vector<float>.Zero);
            }

            return Last.Sum(second);
        }
    }
}
