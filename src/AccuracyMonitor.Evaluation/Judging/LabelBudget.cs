using System.Globalization;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>Labels per window: a number, or a share of the window's predictions.</summary>
internal readonly record struct LabelBudget(double Value, bool IsShare)
{
    /// <summary>Labels for a window of so many predictions, at least 1 and at most all.</summary>
    public int Of(int predictions) =>
        (int)Math.Clamp(Math.Round(IsShare ? Value * predictions : Value, MidpointRounding.AwayFromZero), 1, predictions);

    /// <exception cref="FormatException">Neither a whole number from 1 nor a percentage in (0, 100].</exception>
    public static LabelBudget Parse(string text)
    {
        var isShare = text.EndsWith('%');
        if (isShare && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent)
            && percent is > 0 and <= 100)
        {
            return new LabelBudget(percent / 100, IsShare: true);
        }

        return !isShare && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1
            ? new LabelBudget(count, IsShare: false)
            : throw new FormatException($"'{text}' is no label budget: give a whole number from 1, or a percentage above 0 and at most 100, such as 1%.");
    }

    public override string ToString() => IsShare ? string.Create(CultureInfo.InvariantCulture, $"{100 * Value}%")
        : Value.ToString(CultureInfo.InvariantCulture);
}
