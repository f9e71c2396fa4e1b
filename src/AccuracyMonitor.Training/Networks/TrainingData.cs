using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Networks;

/// <summary>Encoded predictions, whether each was right, and their weights.</summary>
/// <param name="Features">Row-major n×F.</param>
/// <param name="Confidence">Logit of the largest probability; length n.</param>
/// <param name="Correct">1 where the prediction was right, else 0; length n.</param>
/// <param name="Weights">Mean 1 (1/π normalised); length n.</param>
/// <param name="FeatureCount">F.</param>
internal sealed record TrainingData(float[] Features, float[] Confidence, float[] Correct, float[] Weights, int FeatureCount)
{
    public int Count => Correct.Length;

    /// <summary>Steps of one pass; the last batch may be smaller.</summary>
    public static int Batches(int count, int batchSize) => (count + batchSize - 1) / batchSize;

    public static TrainingData From(ReferenceSet reference, MonitorEncoding encoding)
    {
        var width = FeatureEncoding.Width(encoding, reference.ClassCount);
        var data = new TrainingData(
            new float[checked(reference.Count * width)], new float[reference.Count], new float[reference.Count], new float[reference.Count], width);
        for (var i = 0; i < reference.Count; i++)
        {
            var row = reference.Row(i);
            FeatureEncoding.Encode(encoding, row, data.Features.AsSpan(i * width, width));
            data.Confidence[i] = FeatureEncoding.ConfidenceLogit(row);
            data.Correct[i] = FeatureEncoding.PredictedClass(row) == reference.Labels[i] ? 1 : 0;
            data.Weights[i] = 1;
        }

        return data;
    }

    /// <exception cref="ArgumentOutOfRangeException">A label's vector is of another K.</exception>
    public static TrainingData From(IReadOnlyList<LabelledPrediction> labels, MonitorEncoding encoding, int classes)
    {
        foreach (var label in labels)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(label.Probabilities.Length, classes, nameof(labels));
        }

        var width = FeatureEncoding.Width(encoding, classes);
        var data = new TrainingData(new float[checked(labels.Count * width)], new float[labels.Count], new float[labels.Count], new float[labels.Count], width);
        var mean = labels.Average(l => l.Weight);
        for (var i = 0; i < labels.Count; i++)
        {
            FeatureEncoding.Encode(encoding, labels[i].Probabilities, data.Features.AsSpan(i * width, width));
            data.Confidence[i] = FeatureEncoding.ConfidenceLogit(labels[i].Probabilities);
            data.Correct[i] = labels[i].Correct ? 1 : 0;
            data.Weights[i] = (float)(labels[i].Weight / mean);
        }

        return data;
    }

    public TrainingData Rows(ReadOnlySpan<int> rows)
    {
        var part = new TrainingData(
            new float[rows.Length * FeatureCount], new float[rows.Length], new float[rows.Length], new float[rows.Length], FeatureCount);
        for (var i = 0; i < rows.Length; i++)
        {
            Features.AsSpan(rows[i] * FeatureCount, FeatureCount).CopyTo(part.Features.AsSpan(i * FeatureCount));
            part.Confidence[i] = Confidence[rows[i]];
            part.Correct[i] = Correct[rows[i]];
            part.Weights[i] = Weights[rows[i]];
        }

        return part;
    }
}
