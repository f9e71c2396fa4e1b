using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>Says what is wrong with a configuration, every error on a line of its own.</summary>
internal static partial class ConfigurationErrors
{
    /// <summary>Exit status of a configuration that can't be used (EX_USAGE of sysexits.h).</summary>
    public const int ExitUsage = 64;

    public static async Task<int> FailAsync(IEnumerable<string> failures)
    {
        foreach (var failure in failures)
        {
            await Console.Error.WriteLineAsync($"Invalid configuration: {failure}");
        }

        return ExitUsage;
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
