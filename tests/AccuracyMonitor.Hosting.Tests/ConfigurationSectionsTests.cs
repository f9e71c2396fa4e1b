using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hosting.Tests;

public sealed class ConfigurationSectionsTests
{
    [Fact]
    public void Unknown_names_and_values_of_a_wrong_type_are_all_reported_together()
    {
        var sections = Sections(("Some:Count", "many"), ("Some:Wait", "soon"), ("Some:Cuont", "1"), ("Smoe:Count", "1"));

        var failures = Should.Throw<OptionsValidationException>(sections.ThrowIfUnreadable).Failures.ToList();

        failures.Count.ShouldBe(4);
        failures.ShouldContain("Some:Count is 'many'; it must be a whole number.");
        failures.ShouldContain(f => f.StartsWith("Some:Wait is 'soon'; it must be a duration", StringComparison.Ordinal));
        failures.ShouldContain(f => f.StartsWith("Some:Cuont ", StringComparison.Ordinal) && f.Contains("Count, Wait", StringComparison.Ordinal));
        failures.ShouldContain(f => f.StartsWith("Smoe ", StringComparison.Ordinal) && f.Contains("Some", StringComparison.Ordinal));
    }

    [Fact]
    public void Readable_settings_pass() => Sections(("Some:Count", "3"), ("Some:Wait", "15s"), ("Logging:LogLevel:Default", "Debug")).ThrowIfUnreadable();

    private static ConfigurationSections Sections(params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value));
        var sections = new ConfigurationSections(builder);
        sections.Add<SomeOptions, NoRanges>("Some");
        return sections;
    }

    internal sealed class SomeOptions
    {
        public int Count { get; set; }

        public TimeSpan Wait { get; set; }
    }

    internal sealed class NoRanges : IValidateOptions<SomeOptions>
    {
        public ValidateOptionsResult Validate(string? name, SomeOptions options) => ValidateOptionsResult.Success;
    }
}
