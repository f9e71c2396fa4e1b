namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>A tensor as a picture, with the model's preprocessing undone.</summary>
internal static class PictureOfTensor
{
    /// <summary>Pixels a side; each is an element of the stored tensor too, which bounds the number of all.</summary>
    private const int MaxSide = 16_384;

    /// <returns>Null if its shape is not that of one grey or RGB picture.</returns>
    public static byte[]? Png(NpyArray tensor, RenderingRule rule)
    {
        if (LayoutOf(tensor.Shape, rule.ChannelsLast) is not { } layout)
        {
            return null;
        }

        var samples = new byte[tensor.Count];
        var at = 0;
        for (var pixel = 0; pixel < layout.Height * layout.Width; pixel++)
        {
            for (var channel = 0; channel < layout.Channels; channel++)
            {
                var source = rule.IsBgr ? layout.Channels - 1 - channel : channel;
                var index = rule.ChannelsLast ? (pixel * layout.Channels) + source : (source * layout.Height * layout.Width) + pixel;
                samples[at++] = Sample((tensor[index] * Of(rule.StandardDeviation, source)) + Of(rule.Mean, source), rule.Range);
            }
        }

        return PngWriter.Write(samples, layout.Width, layout.Channels);
    }

    /// <summary>Leading dimensions of 1 are the batch. Two dimensions are grey.</summary>
    private static (int Height, int Width, int Channels)? LayoutOf(IReadOnlyList<int> shape, bool channelsLast)
    {
        int[] sizes = [.. shape];
        while (sizes is [1, _, _, _, ..])
        {
            sizes = sizes[1..];
        }

        (int Height, int Width, int Channels)? layout = sizes switch
        {
            [var height, var width] => (height, width, 1),
            [var height, var width, var channels] when channelsLast => (height, width, channels),
            [var channels, var height, var width] => (height, width, channels),
            _ => null,
        };
        return layout is { Height: >= 1 and <= MaxSide, Width: >= 1 and <= MaxSide, Channels: 1 or 3 } ? layout : null;
    }

    private static double Of(IReadOnlyList<double> values, int channel) => values.Count == 1 ? values[0] : values[channel];

    /// <summary>NaN is black.</summary>
    private static byte Sample(double value, (double Black, double White) range)
    {
        var share = (value - range.Black) / (range.White - range.Black);
        return double.IsNaN(share) ? (byte)0 : (byte)Math.Round(255 * Math.Clamp(share, 0, 1));
    }
}
