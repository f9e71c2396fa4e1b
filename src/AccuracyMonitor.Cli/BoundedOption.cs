using System.CommandLine;
using System.Globalization;

namespace AccuracyMonitor.Cli;

/// <summary>A number on the command line whose bounds are said in the help and in the error.</summary>
internal static class BoundedOption
{
    public static Option<T> Create<T>(string name, string description, T value, T min, T max)
        where T : struct, IParsable<T>, IComparable<T>
    {
        var option = new Option<T>(name) { Description = $"{description} {min} to {max}.", DefaultValueFactory = _ => value };
        Bound(option, name, min, max);
        return option;
    }

    /// <summary>One that may be left out: then it is null.</summary>
    public static Option<T?> Optional<T>(string name, string description, T min, T max)
        where T : struct, IParsable<T>, IComparable<T>
    {
        var option = new Option<T?>(name) { Description = $"{description} {min} to {max}." };
        Bound(option, name, min, max);
        return option;
    }

    private static void Bound<T>(Option option, string name, T min, T max)
        where T : struct, IParsable<T>, IComparable<T>
    {

        // From the token, not the value: asking for the value of a text that is no number throws, and the parser says that itself.
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && T.TryParse(token.Value, CultureInfo.InvariantCulture, out var given)
                && (given.CompareTo(min) < 0 || given.CompareTo(max) > 0))
            {
                result.AddError($"{name} is {given}; it must be {min} to {max}.");
            }
        });
    }
}
