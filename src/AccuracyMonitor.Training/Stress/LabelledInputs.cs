namespace AccuracyMonitor.Training.Stress;

/// <summary>Images with their true classes.</summary>
/// <param name="Pixels">Row-major n×q, each 0…1.</param>
/// <param name="Labels">n classes.</param>
public sealed record LabelledInputs(float[] Pixels, int[] Labels)
{
    public int Count => Labels.Length;

    public int PixelCount => Labels.Length == 0 ? 0 : Pixels.Length / Labels.Length;

    public ReadOnlyMemory<float> Image(int index) => Pixels.AsMemory(index * PixelCount, PixelCount);

    public LabelledInputs Rows(ReadOnlySpan<int> rows)
    {
        var part = new LabelledInputs(new float[rows.Length * PixelCount], new int[rows.Length]);
        for (var i = 0; i < rows.Length; i++)
        {
            Image(rows[i]).Span.CopyTo(part.Pixels.AsSpan(i * PixelCount));
            part.Labels[i] = Labels[rows[i]];
        }

        return part;
    }
}
