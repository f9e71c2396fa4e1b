using System.Collections;
using System.Text.RegularExpressions;

namespace AccuracyMonitor.Hosting;

/// <summary>Settings as environment variables: a prefix, and <c>__</c> between the parts of a name.</summary>
internal static partial class SettingVariables
{
    /// <summary>Variables of the client packages, with the same prefix: a program may run in the environment of an application.</summary>
    private static readonly string[] OfClients = ["ADDRESS", "MODEL", "VERSION", "CLASS_COUNT", "CLIENT_TOKEN_FILE", "CLIENT_AUTHORITY_FILE"];

    /// <param name="prefix">Of the variables that are settings.</param>
    /// <param name="variables">Of the process.</param>
    public static Dictionary<string, string?> Read(string prefix, IDictionary variables)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in variables)
        {
            var (name, value) = ((string)variable.Key, (string?)variable.Value);
            if (!name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var rest = name[prefix.Length..];
            if (!OfClients.Contains(rest, StringComparer.OrdinalIgnoreCase) && !IsServiceLink(rest, value))
            {
                settings[rest.Replace("__", ":", StringComparison.Ordinal)] = value;
            }
        }

        return settings;
    }

    /// <summary>
    /// Kubernetes gives every container variables for each Service of its namespace. Those of a Service called accuracy-monitor begin like settings.
    /// </summary>
    private static bool IsServiceLink(string name, string? value) =>
        ServiceName().IsMatch(name) || (PortName().IsMatch(name) && value is not null && ServiceUrl().IsMatch(value));

    [GeneratedRegex(@"^(\w+_)?SERVICE_(HOST|PORT(_\w+)?)$|^(\w+_)?PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ServiceName();

    [GeneratedRegex(@"^(\w+_)?PORT$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PortName();

    [GeneratedRegex(@"^(tcp|udp|sctp)://", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ServiceUrl();
}
