using System.Globalization;

namespace AccuracyMonitor.Runs.Demo;

/// <summary>
/// Ids of the demo's predictions name the image that was shown, so that the simulated annotator can look at it, as a person would, however
/// late the question comes and without a table that grows.
/// </summary>
internal static class PredictionId
{
    /// <param name="sequence">Unique within the run.</param>
    /// <param name="image">Index of the test image.</param>
    public static string Create(long sequence, int image) => string.Create(CultureInfo.InvariantCulture, $"{sequence:D8}-image{image:D5}");

    /// <summary>False: not an id of the demo's.</summary>
    public static bool TryGetImage(string id, out int image)
    {
        image = -1;
        var mark = id.IndexOf("-image", StringComparison.Ordinal);
        return mark > 0 && int.TryParse(id.AsSpan(mark + "-image".Length), NumberStyles.None, CultureInfo.InvariantCulture, out image);
    }
}
