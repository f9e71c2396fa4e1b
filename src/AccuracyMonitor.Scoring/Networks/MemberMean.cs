using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace AccuracyMonitor.Scoring.Networks;

/// <summary>
/// Computes the last layer as in <see cref="MonitorGraph"/>: from the units of <see cref="MemberGraph"/> to the logit of the members' mean
/// score and their standard deviation. The units of a row are, for each member, the units of the last hidden layer that the member keeps;
/// with one hidden layer they are the whole layer's output.
/// </summary>
internal sealed class MemberMean
{
    private readonly int _members;
    private readonly int _perMember;
    private readonly float[] _weights;
    private readonly float _bias;
    private readonly float _confidence;
    private readonly float[] _odds;
    private readonly float[] _scores;
    private readonly float[] _opposite;

    /// <param name="metadata">Shape of the monitor.</param>
    /// <param name="weights">Weights of the monitor.</param>
    /// <param name="maxRows">Maximum number of rows per call.</param>
    public MemberMean(MonitorMetadata metadata, MonitorWeights weights, int maxRows)
    {
        var (scale, last) = ((float)metadata.CalibrationScale, weights.Layers[^1]);
        _members = metadata.Members;
        _perMember = UnitsOf(metadata) / _members;
        (_bias, _weights) = ((float)metadata.CalibrationShift, [.. Enumerable.Repeat(scale, _members)]);
        if (weights.Layers.Count > 2)
        {
            scale *= DropoutMask.Scale(last.Inputs, metadata.DropoutRate);
            _weights = [.. MonitorGraph.KeptUnits(metadata, last.Inputs).Select(unit => scale * last.Weights[unit])];
            _bias += last.Bias[0] * (float)metadata.CalibrationScale;
        }

        _confidence = metadata.Encoding == MonitorEncoding.RawSoftmax ? 0 : weights.ConfidenceScale * (float)metadata.CalibrationScale;
        (_odds, _scores, _opposite) = (new float[maxRows * _members], new float[maxRows * _members], new float[maxRows]);
    }

    /// <summary>Number of units per row.</summary>
    public static int UnitsOf(MonitorMetadata metadata) =>
        metadata.Members * (metadata.HiddenWidths.Count == 1 ? 1 : DropoutMask.KeptCount(metadata.HiddenWidths[1], metadata.DropoutRate));

    /// <param name="units">Row-major.</param>
    /// <param name="confidences"><see cref="FeatureEncoding.ConfidenceLogit(float)"/> of each row.</param>
    /// <param name="logits">Output, one per row.</param>
    /// <param name="disagreements">Output, one per row.</param>
    public void Of(ReadOnlySpan<float> units, ReadOnlySpan<float> confidences, Span<float> logits, Span<float> disagreements)
    {
        var rows = logits.Length;
        var odds = _odds.AsSpan(0, rows * _members);
        for (var row = 0; row < rows; row++)
        {
            Logits(units.Slice(row * _weights.Length, _weights.Length), _bias + (_confidence * confidences[row]), odds.Slice(row * _members, _members));
        }

        Of(odds, logits, disagreements);
    }

    /// <param name="odds">Row-major calibrated logits of each row's members; overwritten.</param>
    /// <param name="logits">Output, one per row.</param>
    /// <param name="disagreements">Output, one per row.</param>
    public void Of(Span<float> odds, Span<float> logits, Span<float> disagreements)
    {
        var rows = logits.Length;

        // Computes both σ(z) and σ(−z) from one exponential, so that each is precise where the other is close to 1.
        var scores = _scores.AsSpan(0, odds.Length);
        TensorPrimitives.Clamp(odds, -MonitorGraph.LogitBound, MonitorGraph.LogitBound, odds);
        TensorPrimitives.Negate(odds, odds);
        TensorPrimitives.Exp(odds, odds);
        TensorPrimitives.Add(odds, 1, scores);
        TensorPrimitives.Reciprocal(scores, scores);
        for (var row = 0; row < rows; row++)
        {
            var members = scores.Slice(row * _members, _members);
            _opposite[row] = TensorPrimitives.Dot(members, odds.Slice(row * _members, _members)) / _members;
            logits[row] = TensorPrimitives.Sum<float>(members) / _members;
            TensorPrimitives.Subtract(members, logits[row], members);
            disagreements[row] = TensorPrimitives.SumOfSquares<float>(members) / _members;
        }

        var opposite = _opposite.AsSpan(0, rows);
        TensorPrimitives.Log(logits, logits);
        TensorPrimitives.Log(opposite, opposite);
        TensorPrimitives.Subtract(logits, opposite, logits);
        TensorPrimitives.Sqrt(disagreements[..rows], disagreements);
    }

    private void Logits(ReadOnlySpan<float> units, float shift, Span<float> logits)
    {
        for (var member = 0; member < logits.Length; member++)
        {
            var at = member * _perMember;
            logits[member] = shift + Dot(units.Slice(at, _perMember), _weights.AsSpan(at, _perMember));
        }
    }

    // A plain loop, because the set-up of TensorPrimitives.Dot takes longer than the 32 products of a member.
    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = Vector<float>.Zero;
        var x = MemoryMarshal.Cast<float, Vector<float>>(a);
        var y = MemoryMarshal.Cast<float, Vector<float>>(b);
        for (var i = 0; i < x.Length; i++)
        {
            sum = Vector.FusedMultiplyAdd(x[i], y[i], sum);
        }

        var rest = 0f;
        for (var i = x.Length * Vector<float>.Count; i < a.Length; i++)
        {
            rest += a[i] * b[i];
        }

        return rest + Vector.Sum(sum);
    }
}
