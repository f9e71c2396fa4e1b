using System.Globalization;
using System.Runtime.CompilerServices;

namespace AccuracyMonitor.Core;

/// <summary>Checks of arguments; the exception names the argument, its value and its bound.</summary>
internal static class Require
{
    /// <param name="holds">Whether the value is within the bound; false for NaN.</param>
    /// <param name="value">Value of the argument.</param>
    /// <param name="bound">Completes the sentence "it must be …".</param>
    /// <param name="name">Name of the argument.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="holds"/> is false.</exception>
    public static void That(bool holds, double value, string bound, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be {bound}."));
        }
    }
}
