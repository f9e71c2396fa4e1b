using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hosting;

/// <summary>Says what is wrong with a configuration, every error on a line of its own.</summary>
public static partial class ConfigurationErrors
{
    /// <summary>Writes every failure to the error stream.</summary>
    /// <returns><see cref="ExitCodes.Usage"/>.</returns>
    public static async Task<int> FailAsync(IEnumerable<string> failures)
    {
        foreach (var failure in failures)
        {
            await Console.Error.WriteLineAsync($"Invalid configuration: {failure}");
        }

        return ExitCodes.Usage;
    }

    /// <summary>The generated validators name the class: say the setting as it is written, and its value.</summary>
    public static IEnumerable<string> Named(OptionsValidationException e, IConfiguration configuration)
    {
        var section = e.OptionsType.GetField("Section")?.GetRawConstantValue() as string ?? "";
        return e.Failures.Select(f => GeneratedFailure().Replace(f, m =>
        {
            var path = $"{section}:{m.Groups["setting"].Value}";
            return $"{path} is '{configuration[path]}'; it {m.Groups["bound"].Value}";
        }));
    }

    [GeneratedRegex(@"^\w+: The (?:field )?\w+\.(?<setting>\w+)(?: field)? (?<bound>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex GeneratedFailure();
}
