using System.Globalization;
using System.Net;
using AccuracyMonitor.Evaluation.Judging;

namespace AccuracyMonitor.Evaluation.Report;

/// <summary>
/// Markup of an interpolated text. What is put in is escaped, since names come from files; numbers are the same in every culture, and one that
/// does not exist is a dash.
/// </summary>
internal sealed class Markup : IFormatProvider, ICustomFormatter
{
    private static readonly Markup Escaping = new();

    private Markup()
    {
    }

    public static string Of(FormattableString text) => text.ToString(Escaping);

    /// <param name="svg">Markup of a drawing.</param>
    /// <param name="caption">Plain text under it.</param>
    public static string Figure(string svg, string caption) => "<figure>" + svg + Of($"<figcaption>{caption}</figcaption></figure>\n");

    /// <summary>Plain text: for what is escaped later.</summary>
    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    public object? GetFormat(Type? formatType) => formatType == typeof(ICustomFormatter) ? this : CultureInfo.InvariantCulture.GetFormat(formatType!);

    public string Format(string? format, object? arg, IFormatProvider? formatProvider) => arg switch
    {
        null or double.NaN => "–",
        IFormattable number => WebUtility.HtmlEncode(number.ToString(format, CultureInfo.InvariantCulture)),
        _ => WebUtility.HtmlEncode(arg.ToString() ?? ""),
    };
}
