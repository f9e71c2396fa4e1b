using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Networks;

/// <summary>The members' masks as factors for training: per hidden layer row-major T×width, 0 or the scale of kept units.</summary>
internal sealed record Members(int Count, IReadOnlyList<int> Widths, IReadOnlyList<float[]> Masks)
{
    public static Members Of(MonitorMetadata shape)
    {
        var masks = new List<float[]>();
        for (var layer = 0; layer < shape.HiddenWidths.Count; layer++)
        {
            var width = shape.HiddenWidths[layer];
            var mask = new float[shape.Members * width];
            for (var t = 0; t < shape.Members; t++)
            {
                foreach (var unit in DropoutMask.Kept(shape.MaskSeed, t, layer, width, shape.DropoutRate))
                {
                    mask[(t * width) + unit] = DropoutMask.Scale(width, shape.DropoutRate);
                }
            }

            masks.Add(mask);
        }

        return new Members(shape.Members, shape.HiddenWidths, masks);
    }
}
