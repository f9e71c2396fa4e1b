using System.Globalization;

namespace AccuracyMonitor.Evaluation.Traces.Tables;

internal enum CellKind
{
    Empty,
    Number,
    Text,
    Truth,
    Numbers,
    Items,
    Other,
}

/// <summary>One class of a top-k list.</summary>
internal readonly record struct TopItem(Cell Class, float Probability);

/// <summary>The value of one column in one row, whatever the format.</summary>
internal readonly struct Cell
{
    private const int LongestShown = 40;
    private readonly object? _value;
    private readonly double _number;

    private Cell(CellKind kind, double number, object? value) => (Kind, _number, _value) = (kind, number, value);

    public CellKind Kind { get; }

    public bool IsEmpty => Kind == CellKind.Empty;

    /// <summary>Empty, or one of the ways in which programs write a missing value: NaN, NA, null, None.</summary>
    public bool IsMissing => Kind switch
    {
        CellKind.Empty => true,
        CellKind.Number => double.IsNaN(_number),
        CellKind.Text => Text.ToUpperInvariant() is "" or "NAN" or "NA" or "<NA>" or "N/A" or "NULL" or "NONE" or "NAT",
        _ => false,
    };

    public IReadOnlyList<float> Numbers => (float[])_value!;

    public IReadOnlyList<TopItem> Items => (TopItem[])_value!;

    /// <summary>What an id or a name is compared by. Whole numbers keep all their digits.</summary>
    public string Text => _value as string ?? _number.ToString("R", CultureInfo.InvariantCulture);

    public static Cell Of(double number) => new(CellKind.Number, number, null);

    /// <param name="number">The nearest double.</param>
    /// <param name="digits">The number as it is written, where a double does not hold it.</param>
    public static Cell Of(double number, string digits) => new(CellKind.Number, number, digits);

    public static Cell Of(long number) => Math.Abs((double)number) < 1L << 53
        ? Of((double)number)
        : Of(number, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Empty text is no value.</summary>
    public static Cell Of(string? text) => string.IsNullOrEmpty(text) ? default : OfText(text);

    /// <summary>For formats that tell empty text from none.</summary>
    public static Cell OfText(string text) => new(CellKind.Text, 0, text);

    public static Cell Of(bool truth) => new(CellKind.Truth, truth ? 1 : 0, truth ? "true" : "false");

    public static Cell Of(float[] numbers) => new(CellKind.Numbers, 0, numbers);

    public static Cell Of(TopItem[] items) => new(CellKind.Items, 0, items);

    /// <param name="shown">A value that no column is read from, as a message shows it.</param>
    public static Cell Unread(string shown) => new(CellKind.Other, 0, shown);

    /// <summary>A number, or text that is one; a comma is a decimal sign where there is no point.</summary>
    public bool TryNumber(out double number)
    {
        number = _number;
        return Kind is CellKind.Number || (Kind == CellKind.Text
            && double.TryParse(Decimal(Text), NumberStyles.Float, CultureInfo.InvariantCulture, out number));
    }

    /// <inheritdoc cref="TryNumber"/>
    /// <remarks>Parsed as a float, so that the digits of a float give that float.</remarks>
    public bool TryFloat(out float number)
    {
        number = (float)_number;
        return Kind is CellKind.Number || (Kind == CellKind.Text
            && float.TryParse(Decimal(Text), NumberStyles.Float, CultureInfo.InvariantCulture, out number));
    }

    public bool HasDecimalComma => Kind == CellKind.Text && !ReferenceEquals(Decimal(Text), Text);

    /// <summary>As a message shows it.</summary>
    public override string ToString() => Kind switch
    {
        CellKind.Empty => "''",
        CellKind.Text when !TryNumber(out _) => $"'{Short(Text)}'",
        CellKind.Numbers => Short(
            $"[{string.Join(", ", Numbers.Take(6).Select(n => n.ToString(CultureInfo.InvariantCulture)))}{(Numbers.Count > 6 ? ", …" : "")}]"),
        CellKind.Items => $"a list of {Items.Count} objects",
        _ => Short(Text),
    };

    private static string Short(string text) => text.Length <= LongestShown ? text : text[..LongestShown] + "…";

    private static string Decimal(string text) =>
        text.Contains(',', StringComparison.Ordinal) && text.IndexOf(',', StringComparison.Ordinal) == text.LastIndexOf(',')
        && !text.Contains('.', StringComparison.Ordinal)
            ? text.Replace(',', '.')
            : text;
}
