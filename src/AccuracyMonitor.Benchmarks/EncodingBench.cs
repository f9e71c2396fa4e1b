using System.CommandLine;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AccuracyMonitor.Client;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Evaluation;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.V1;
using Spectre.Console;

namespace AccuracyMonitor.Benchmarks;

/// <summary>
/// <c>benchmarks encoding</c>: the loss of accuracy caused by the shorter encodings. In every condition a head is fitted to labels and
/// scores the other rows, once with full rows and once with rows after encoding and decoding.
/// </summary>
internal static class EncodingBench
{
    private const int Top = 10;

    public static Command Create()
    {
        var traces = new Option<string>("--traces") { Description = "A trace file, or a folder of them.", Required = true };
        var labels = BoundedOption.Create("--labels", "Labels that each head is fitted on.", 300, 50, 100_000);
        var command = new Command(
            "encoding",
            """
            The loss of the shorter encodings: difference of a recalibration head's score, fitted and scored on rows as they come off the wire, from the
            same on full rows, and what it does to the ranking. Mean over conditions; the largest difference over all rows.

              benchmarks encoding --traces data/traces
            """) { traces, labels };
        command.SetAction(parsed => Run(parsed.GetValue(traces)!, parsed.GetValue(labels)));
        return command;
    }

    private static int Run(string path, int labels)
    {
        var table = new Table().AddColumns("file", "encoding", "conditions", "bytes a row", "mean |Δg|", "largest |Δg|", "AUROC", "AUROC, full rows");
        var files = Directory.Exists(path) ? TraceFile.InFolder(path) : [path];
        foreach (var file in files)
        {
            var trace = TraceFile.Open(file);
            var conditions = trace.Conditions.Where(c => !string.Equals(c, TraceFile.Reference, StringComparison.Ordinal)).Select(trace.Load)
                .Where(d => d.Count >= 2 * labels).ToList();
            foreach (var (name, encode) in Encodings())
            {
                var losses = conditions.Select(d => Compare(d, labels, encode)).Where(l => l is not null).Select(l => l!.Value).ToList();
                if (losses.Count > 0)
                {
                    table.AddRow(
                        trace.Name,
                        name,
                        $"{losses.Count}",
                        $"{losses[0].Bytes}",
                        string.Create(CultureInfo.InvariantCulture, $"{losses.Average(l => l.Mean):0.00000}"),
                        string.Create(CultureInfo.InvariantCulture, $"{losses.Max(l => l.Largest):0.0000}"),
                        string.Create(CultureInfo.InvariantCulture, $"{losses.Average(l => l.Auroc):0.0000}"),
                        string.Create(CultureInfo.InvariantCulture, $"{losses.Average(l => l.FullAuroc):0.0000}"));
                }
            }
        }

        CommandConsole.Standard.Write(table);
        return 0;
    }

    private static IEnumerable<(string Name, Func<ReferenceSet, (float[] Rows, int Bytes)?> Encode)> Encodings()
    {
        yield return ("halves of logarithms", d => OffTheWire(d, ValueEncoding.Float16));
        yield return ("halves of probabilities", HalvesOfProbabilities);
        yield return ($"top {Top}", d => d.ClassCount > Top ? OffTheWire(d, ValueEncoding.Top) : null);
    }

    private static (int Bytes, double Mean, double Largest, double Auroc, double FullAuroc)? Compare(
        ReferenceSet data, int labels, Func<ReferenceSet, (float[] Rows, int Bytes)?> encode)
    {
        if (encode(data) is not { } encoded)
        {
            return null;
        }

        var correct = Enumerable.Range(labels, data.Count - labels).Select(i => Predicted(data.Row(i)) == data.Labels[i]).ToArray();
        if (correct.All(c => c) || !correct.Any(c => c))
        {
            return null;
        }

        var full = Scores(data, labels);
        var wire = Scores(data with { Probabilities = encoded.Rows }, labels);
        var differences = full.Zip(wire, (a, b) => Math.Abs(a - b)).ToArray();
        return (encoded.Bytes, differences.Average(), differences.Max(), RankingMetrics.Auroc(wire, correct), RankingMetrics.Auroc(full, correct));
    }

    /// <summary>Scores of the rows after the labelled ones, by a head fitted to the labelled ones.</summary>
    private static double[] Scores(ReferenceSet data, int labels)
    {
        var head = RecalibrationHeadFitter.Fit([.. Enumerable.Range(0, labels).Select(i => Sample(data, i))], data.ClassCount, new RecalibrationHeadOptions());
        return [.. Enumerable.Range(labels, data.Count - labels).Select(i => head.Score(Logit(data.Row(i)), data.Row(i), Predicted(data.Row(i))))];
    }

    private static LabelledPrediction Sample(ReferenceSet data, int i)
    {
        var predicted = Predicted(data.Row(i));
        return new LabelledPrediction(
            i.ToString(CultureInfo.InvariantCulture), data.Row(i).ToArray(), predicted, Logit(data.Row(i)), predicted == data.Labels[i], 1);
    }

    private static int Predicted(ReadOnlySpan<float> row) => TensorPrimitives.IndexOfMax(row);

    private static double Logit(ReadOnlySpan<float> row) => Logistic.Logit(Math.Clamp((double)TensorPrimitives.Max(row), 1e-6, 1 - 1e-6));

    /// <summary>Rows as the sidecar decodes them from the client's encoding.</summary>
    private static (float[] Rows, int Bytes)? OffTheWire(ReferenceSet data, ValueEncoding encoding)
    {
        var k = data.ClassCount;
        var batch = new PredictionBatch { ClassCount = (uint)k };
        BatchEncoder.Encode(batch, [.. data.Probabilities], logits: false, encoding, Top);
        if (batch.Encoding != encoding)
        {
            return null;
        }

        var rows = new float[data.Probabilities.Length];
        for (var i = 0; i < data.Count; i++)
        {
            var row = rows.AsSpan(i * k, k);
            if (encoding == ValueEncoding.Float16)
            {
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(batch.Values.Span).Slice(i * k, k), row);
                TensorPrimitives.SoftMax<float>(row, row);
                continue;
            }

            var values = MemoryMarshal.Cast<byte, float>(batch.Values.Span).Slice(i * (Top + 1), Top + 1);
            row.Fill(values[Top] / (k - Top));
            for (var t = 0; t < Top; t++)
            {
                row[MemoryMarshal.Cast<byte, ushort>(batch.TopClasses.Span)[(i * Top) + t]] = values[t];
            }
        }

        return (rows, (batch.Values.Length + batch.TopClasses.Length) / data.Count);
    }

    // The rows that were not chosen.
    private static (float[] Rows, int Bytes)? HalvesOfProbabilities(ReferenceSet data) =>
        ([.. data.Probabilities.Select(p => (float)(Half)p)], 2 * data.ClassCount);
}
