using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;

namespace AccuracyMonitor.Injector.Decisions;

/// <summary>Reads values of annotations and remembers what is wrong with them: name, value, bound.</summary>
internal sealed class AnnotationReader(IReadOnlyDictionary<string, string> annotations)
{
    private static readonly Regex Form = new(
        "^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]{1,2})?$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant);

    private readonly List<string> _failures = [];

    public IReadOnlyList<string> Failures => _failures;

    public void Fail(string failure) => _failures.Add(failure);

    /// <summary>The text if it is there and holds.</summary>
    public string? Text(string name, string bound, Func<string, bool> holds)
    {
        if (!annotations.TryGetValue(name, out var text))
        {
            return null;
        }

        if (holds(text))
        {
            return text;
        }

        _failures.Add($"{name} is '{Shortened(text)}'; it must be {bound}.");
        return null;
    }

    public string? Name(string name) => Text(name, "1 to 128 characters", static t => t.Length is >= 1 and <= 128);

    public int? Number(string name, int least, int most) => Text(
        name,
        $"a whole number, {least} to {most}",
        t => int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most) is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : null;

    public string? Ratio(string name, double least, double most) => Text(
        name,
        string.Create(CultureInfo.InvariantCulture, $"a number, {least} to {most}"),
        t => double.TryParse(t, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var r) && r >= least && r <= most);

    /// <summary>One of the values of an enum, in lower case.</summary>
    public T? Choice<T>(string name)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>();
        return Text(name, $"one of {string.Join(", ", names.Select(Written))}", t => names.Any(n => Written(n) == t)) is { } text
            ? Enum.Parse<T>(text, ignoreCase: true)
            : null;

#pragma warning disable CA1308 // Annotations are written in lower case.
        static string Written(string name) => name.ToLowerInvariant();
#pragma warning restore CA1308
    }

    /// <summary>A Kubernetes quantity, as written.</summary>
    public string? Quantity(string name, string least) => Text(name, $"a quantity such as 250m, 1 or 256Mi, at least {least}", t => IsAtLeast(t, least));

    public static bool IsAtLeast(string text, string least) => Value(text) is { } value && value >= Value(least);

    /// <summary>Null: not a quantity.</summary>
    public static decimal? Value(string text)
    {
        try
        {
            // Before the client's own reading, which takes fractions, and computes an exponent of any size: 1e999999999 takes it minutes.
            return text.Length <= 32 && Form.IsMatch(text) ? new ResourceQuantity(text).ToDecimal() : null;
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A warning has 256 characters at most.</summary>
    private static string Shortened(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
