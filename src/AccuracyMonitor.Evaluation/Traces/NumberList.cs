using System.Globalization;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>A list of numbers in a text, as pandas and NumPy write one into a CSV file: <c>[0.1, 0.9]</c> or <c>[0.1 0.9]</c>.</summary>
internal static class NumberList
{
    private static readonly char[] Separators = [',', ' ', '\n', '\r', '\t'];

    public static bool TryParse(string text, out float[] numbers)
    {
        numbers = [];
        if (text.Length < 2 || text[0] != '[' || text[^1] != ']')
        {
            return false;
        }

        var parts = text[1..^1].Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        numbers = new float[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!float.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return false;
            }
        }

        return true;
    }
}
