using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Client.Tests;

public class BatchEncoderTests
{
    private const int Classes = 100;

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(64)]
    public void Encode_Top_HoldsTheLargestTheirClassesAndTheRestsMass(int top)
    {
        var rows = Rows(20, ties: true);
        var batch = new PredictionBatch { ClassCount = Classes };

        BatchEncoder.Encode(batch, [.. rows], logits: false, ValueEncoding.Top, top);

        batch.Encoding.ShouldBe(ValueEncoding.Top);
        var values = MemoryMarshal.Cast<byte, float>(batch.Values.Span).ToArray();
        for (var r = 0; r < 20; r++)
        {
            var row = rows[(r * Classes)..((r + 1) * Classes)];
            var expected = Enumerable.Range(0, Classes).OrderByDescending(k => row[k]).ThenBy(k => k).Take(top).ToArray();
            Enumerable.Range(0, top).Select(i => (int)BinaryPrimitives.ReadUInt16LittleEndian(batch.TopClasses.Span[(2 * ((r * top) + i))..]))
                .ShouldBe(expected);
            values[(r * (top + 1))..((r * (top + 1)) + top)].ShouldBe(expected.Select(k => row[k]));
            values[(r * (top + 1)) + top].ShouldBe(row.Sum() - expected.Sum(k => row[k]), 1e-5);
        }
    }

    [Theory]
    [InlineData(ValueEncoding.Top)]
    [InlineData(ValueEncoding.Float16)]
    public void Encode_Logits_IsTheirSoftmax(ValueEncoding encoding)
    {
        var logits = Enumerable.Range(0, Classes).Select(k => 200f + (k * 37 % Classes * 0.1f)).ToArray();
        var (ofLogits, ofProbabilities) = (new PredictionBatch { ClassCount = Classes }, new PredictionBatch { ClassCount = Classes });
        var softmax = new float[Classes];
        TensorPrimitives.SoftMax<float>([.. logits.Select(l => l - 200)], softmax);

        BatchEncoder.Encode(ofLogits, logits, logits: true, encoding, 10);
        BatchEncoder.Encode(ofProbabilities, softmax, logits: false, encoding, 10);

        ofLogits.Encoding.ShouldBe(encoding);
        ofLogits.Form.ShouldBe(ofProbabilities.Form);
        var (a, b) = (Decoded(ofLogits), Decoded(ofProbabilities));
        for (var i = 0; i < a.Length; i++)
        {
            a[i].ShouldBe(b[i], 2e-2f * Math.Max(0.01f, Math.Abs(b[i])));
        }
    }

    [Theory]
    [InlineData(ValueEncoding.Top)]
    [InlineData(ValueEncoding.Float16)]
    public void Encode_RowsThatTheSidecarAccepts_AreWrittenInTheShortForm(ValueEncoding encoding)
    {
        var batch = new PredictionBatch { ClassCount = 3 };

        BatchEncoder.Encode(batch, [0.33f, 0.33f, 0.35f, 0.5f, 0.25f, 0.26f, 0.33f, 0.33f, 0.33f], logits: false, encoding, 2);

        batch.Encoding.ShouldBe(encoding);
    }

    [Fact]
    public void Encode_Float16_KeepsEveryProbabilityWithinItsPrecision()
    {
        var rows = Rows(50, ties: false);
        var batch = new PredictionBatch { ClassCount = Classes };

        BatchEncoder.Encode(batch, [.. rows], logits: false, ValueEncoding.Float16, 0);

        batch.Form.ShouldBe(OutputForm.Logits);
        var decoded = Decoded(batch);
        for (var r = 0; r < 50; r++)
        {
            var row = decoded.AsSpan(r * Classes, Classes);
            TensorPrimitives.SoftMax(row, row);
            for (var k = 0; k < Classes; k++)
            {
                // A half of a logarithm in [8, 16) is off by at most 2⁻⁸.
                var p = rows[(r * Classes) + k];
                row[k].ShouldBe(p, (p * 0.005f) + 1e-9f);
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(-0.5f)]
    [InlineData(0.9f)]
    public void Encode_RowThatIsNoSoftmax_IsSentAsItIs(float added)
    {
        var rows = Rows(3, ties: false);
        rows[Classes] += added;
        var batch = new PredictionBatch { ClassCount = Classes };

        BatchEncoder.Encode(batch, [.. rows], logits: false, ValueEncoding.Top, 10);

        batch.Encoding.ShouldBe(ValueEncoding.Float32);
        Decoded(batch).ShouldBe(rows);
    }

    private static float[] Decoded(PredictionBatch batch) => batch.Encoding == ValueEncoding.Float16
        ? [.. MemoryMarshal.Cast<byte, Half>(batch.Values.Span).ToArray().Select(h => (float)h)]
        : MemoryMarshal.Cast<byte, float>(batch.Values.Span).ToArray();

    private static float[] Rows(int count, bool ties)
    {
        var random = new Random(3);
        var rows = new float[count * Classes];
        for (var r = 0; r < count; r++)
        {
            var row = rows.AsSpan(r * Classes, Classes);
            foreach (ref var value in row)
            {
                value = ties ? random.Next(4) : (float)(random.NextDouble() * 9);
            }

            TensorPrimitives.SoftMax(row, row);
        }

        return rows;
    }
}
