using System.Collections;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hosting.Tests;

public sealed class ConfigurationSectionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-settings-").FullName;

    [Fact]
    public void Unknown_names_and_values_of_a_wrong_type_are_all_reported_together()
    {
        var failures = Failures("--Some:Count=many", "--Some:Wait=soon", "--Some:Cuont=1", "--Smoe:Count=1");

        failures.Count.ShouldBe(4);
        failures.ShouldContain("Some:Count is 'many'; it must be a whole number.");
        failures.ShouldContain(f => f.StartsWith("Some:Wait is 'soon'; it must be a duration", StringComparison.Ordinal));
        failures.ShouldContain(f => f.StartsWith("Some:Cuont ", StringComparison.Ordinal) && f.Contains("Count, Files", StringComparison.Ordinal));
        failures.ShouldContain(f => f.StartsWith("Smoe ", StringComparison.Ordinal) && f.Contains("Some", StringComparison.Ordinal));
    }

    [Fact]
    public void Readable_settings_pass()
    {
        var services = Check(
            ["--Some:Count", "-3", "--Some:Wait=15s", "--Some:Steps:0=1s", "--Some:Files:m=a.onnx", "--Some:Kind=high", "--Logging:LogLevel:Default=Debug"]);

        services.GetRequiredService<ConfigurationNotices>().Notices.ShouldBeEmpty();
        var options = services.GetRequiredService<IOptions<SomeOptions>>().Value;
        (options.Count, options.Wait, options.Steps.Length, options.Files["m"], options.Kind)
            .ShouldBe((-3, TimeSpan.FromSeconds(15), 1, "a.onnx", SomeKind.High));
    }

    [Theory]
    [InlineData("--count=3", "--count is no setting; do you mean --Some:Count?")]
    [InlineData("--some-count=3", "--some-count is no setting; do you mean --Some:Count?")]
    [InlineData("--Some__Count=3", "--Some__Count is no setting; do you mean --Some:Count?")]
    [InlineData("--junk=3", "--junk is no setting; the sections are Logging, Some.")]
    [InlineData("Some:Count=3", "'Some:Count=3' is no setting; write --Some:Count=3.")]
    [InlineData("-Some:Count=3", "'-Some:Count=3' is no setting; write --Some:Count=3.")]
    [InlineData("/Some:Count=3", "'/Some:Count=3' is no setting; write --Some:Count=3.")]
    [InlineData("settings.json", "'settings.json' is no setting; settings are written --Section:Key=value.")]
    [InlineData("--config", "--config has no value; write --config=FILE.")]
    [InlineData("--config=", "--config names no file.")]
    [InlineData("--Some:Count", "--Some:Count has no value; write --Some:Count=VALUE.")]
    [InlineData("--Some=3", "Some is '3'; it is a section and has Count, Files, Kind, Maybe, Names, Steps, Wait.")]
    [InlineData("--Some:Steps=5m", "Some:Steps is '5m'; it is a list: write Some:Steps:0=5m.")]
    [InlineData("--Some:Steps:first=5m", "Some:Steps:first is no setting; the elements of Some:Steps are numbered: Some:Steps:0, Some:Steps:1, …")]
    [InlineData("--Some:Files=a.onnx", "Some:Files is 'a.onnx'; it is a table: write Some:Files:NAME=a.onnx.")]
    [InlineData("--Some:Files:m=", "Some:Files:m is empty; leave it out, or give it a value.")]
    [InlineData("--Some:Names:0=", "Some:Names:0 is empty; leave it out, or give it a value.")]
    [InlineData("--Some:Count:0=3", "Some:Count has parts (0); it must be a whole number.")]
    [InlineData("--Some:Kind=7", "Some:Kind is '7'; it must be one of Low, High.")]
    [InlineData("--Kestrel:Limits:MaxConcurrentConnections=3", "Kestrel is no section; the sections are Logging, Some.")]
    [InlineData("--Logging:LogLevel=Debug", "Logging:LogLevel is 'Debug'; write Logging:LogLevel:Default=Debug.")]
    [InlineData("--Logging:Level:Default=Debug", "Logging:Level is no setting; Logging has LogLevel and Console.")]
    [InlineData(
        "--Logging:LogLevel:Default=Verbose",
        "Logging:LogLevel:Default is 'Verbose'; it must be one of Trace, Debug, Information, Warning, Error, Critical, None.")]
    public void What_cannot_be_a_setting_is_reported_with_what_was_meant(string argument, string failure) => Failures(argument).ShouldBe([failure]);

    [Fact]
    public void An_option_never_takes_the_next_option_as_its_value() =>
        Failures("--config", "--Some:Count=3").ShouldBe(["--config has no value; write --config=FILE."]);

    [Fact]
    public void Two_files_are_refused() => Failures("--config=none.json", "--config=other.json")
        .ShouldBe(["--config is given twice, 'none.json' and 'other.json'; one file is read.", $"--config: {Path.GetFullPath("none.json")} does not exist."]);

    [Fact]
    public void A_repeated_setting_has_its_last_value_and_a_notice()
    {
        var services = Check(["--Some:Count=3", "--some:count=4"]);

        services.GetRequiredService<IOptions<SomeOptions>>().Value.Count.ShouldBe(4);
        services.GetRequiredService<ConfigurationNotices>().Notices.ShouldBe(["--some:count is given more than once; the last value applies."]);
    }

    [Fact]
    public void A_variable_that_is_called_like_a_setting_is_refused() => Failures([], ("TEST_COUNT", "3"))
        .ShouldBe(["TEST_COUNT is no setting; do you mean TEST_Some__Count?"]);

    [Fact]
    public void A_variable_that_resembles_no_setting_is_a_notice() => Check([], ("TEST_RUN_OF", "3"), ("TEST_Some__Count", "3"))
        .GetRequiredService<ConfigurationNotices>().Notices
        .ShouldBe(["The environment variable TEST_RUN_OF is no setting and has no effect; settings are TEST_Section__Key."]);

    /// <summary>Kubernetes makes variables of each Service, here one called test. Those of clients are there where the environment is shared.</summary>
    [Fact]
    public void Variables_of_Services_and_of_clients_say_nothing() => Check(
        [], ("TEST_SERVICE_HOST", "10.0.0.1"), ("TEST_SERVICE_PORT", "7700"), ("TEST_SERVICE_PORT_GRPC", "7700"), ("TEST_PORT", "tcp://10.0.0.1:7700"),
        ("TEST_PORT_7700_TCP", "tcp://10.0.0.1:7700"), ("TEST_PORT_7700_TCP_ADDR", "10.0.0.1"), ("TEST_OTHER_SERVICE_HOST", "10.0.0.2"),
        ("TEST_ADDRESS", "unix:///a"), ("TEST_MODEL", "m"), ("TEST_VERSION", "1"), ("TEST_CLASS_COUNT", "10"),
        ("TEST_CLIENT_TOKEN_FILE", "/run/token"), ("TEST_CLIENT_AUTHORITY_FILE", "/run/ca.crt"))
        .GetRequiredService<ConfigurationNotices>().Notices.ShouldBeEmpty();

    [Fact]
    public void Junk_in_a_file_is_refused_all_at_once() => Failures(Config(
            """{ "Junk": 3, "Nothing": {}, "Some": { "Count": null, "Maybe": null, "Wait": { "Seconds": 3 }, "Steps": "5m", "Files": [] } }"""))
        .ShouldBe(
        [
            "Junk is no setting; the sections are Logging, Some.", "Nothing is no setting; the sections are Logging, Some.",
            "Some:Count is null; it must be a whole number.", "Some:Steps is '5m'; it is a list: write Some:Steps:0=5m.",
            "Some:Wait has parts (Seconds); it must be a duration such as 15s, 5m, 24h, 7d or 00:05:00.",
        ]);

    [Fact]
    public void A_section_that_is_a_number_in_a_file_is_refused() => Failures(Config("""{ "Some": 5 }"""))
        .ShouldBe(["Some is '5'; it is a section and has Count, Files, Kind, Maybe, Names, Steps, Wait."]);

    [Theory]
    [InlineData("{\n  \"Some\": {\n    \"Count\": 3,,\n  }\n}", ", line 3, byte 16: ")]
    [InlineData("", ", line 1, byte 1: ")]
    [InlineData("[1]", ": Top-level JSON element must be an object.")]
    [InlineData("{ \"Some\": { \"Count\": 3, \"count\": 4 } }", ": A duplicate key 'Some:count' was found.")]
    public void A_file_that_is_no_JSON_object_is_reported_with_its_line(string text, string reason)
    {
        var failure = Failures(Config(text)).ShouldHaveSingleItem();

        failure.ShouldStartWith($"--config: {Path.Combine(_folder, "settings.json")}{reason}");
        failure.ShouldNotContain("LineNumber");
    }

    [Fact]
    public void A_file_that_does_not_exist_and_a_folder_are_reported() => Failures($"--config={_folder}").Concat(Failures("--config=/none.json"))
        .ShouldBe([$"--config: {_folder} is a folder.", "--config: /none.json does not exist."]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static List<string> Failures(params string[] args) => Failures(args, []);

    private static List<string> Failures(string[] args, params (string Name, string Value)[] variables) =>
        [.. Should.Throw<OptionsValidationException>(() => Check(args, variables)).Failures];

    private static ServiceProvider Check(string[] args, params (string Name, string Value)[] variables)
    {
        var environment = new Hashtable();
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var sources = SettingSources.Read(args, "TEST_", environment);
        sources.AddTo(builder.Configuration);
        var sections = new ConfigurationSections(builder, sources);
        sections.Add<SomeOptions, NoRanges>("Some");
        sections.ThrowIfUnreadable();
        return builder.Services.BuildServiceProvider();
    }

    private string Config(string text)
    {
        var path = Path.Combine(_folder, "settings.json");
        File.WriteAllText(path, text);
        return $"--config={path}";
    }

    internal enum SomeKind
    {
        Low,
        High,
    }

    internal sealed class SomeOptions
    {
        public int Count { get; set; }

        public TimeSpan Wait { get; set; }

        public TimeSpan[] Steps { get; set; } = [];

        public Dictionary<string, string> Files { get; set; } = new(StringComparer.Ordinal);

        public string[] Names { get; set; } = [];

        public SomeKind Kind { get; set; }

        public int? Maybe { get; set; }
    }

    internal sealed class NoRanges : IValidateOptions<SomeOptions>
    {
        public ValidateOptionsResult Validate(string? name, SomeOptions options) => ValidateOptionsResult.Success;
    }
}
