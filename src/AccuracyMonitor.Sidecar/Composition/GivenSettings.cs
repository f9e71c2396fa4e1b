using System.Reflection;
using AccuracyMonitor.Hosting;

namespace AccuracyMonitor.Sidecar.Composition;

/// <summary>What a start of the sidecar depends on: the settings that were given, by name, and the version of the program, which has the defaults.</summary>
internal sealed record GivenSettings(IReadOnlyDictionary<string, string> Values)
{
    private const string ProgramVersion = "(program version)";

    public static GivenSettings Of(ConfigurationSections sections) => new(
        new Dictionary<string, string>(sections.Given(), StringComparer.OrdinalIgnoreCase)
        {
            [ProgramVersion] = typeof(GivenSettings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
        });
}
