using System.Collections;
using System.Text;
using AccuracyMonitor.Tests.Fuzz;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hosting.Tests.Fuzz;

/// <summary>Where settings come from. What cannot be a setting is reported as <see cref="OptionsValidationException"/>, which ends a program with 64.</summary>
public sealed class SettingFuzzTests : IDisposable
{
    private const string Prefix = "SOME_";

    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void Command_lines() => FuzzRun.Run<OptionsValidationException>(
        Bytes("--Some:Count\n-3\n--Some:Wait=15s\n--Some:Steps:0=1s", "--Some:Files:m=a.onnx\n--Some:Kind=high\n--Logging:LogLevel:Default=Debug"),
        500,
        bytes => Read(Encoding.UTF8.GetString(bytes).Split('\n'), new Hashtable()));

    [Fact]
    public void Variables_of_the_environment() => FuzzRun.Run<OptionsValidationException>(
        Bytes("SOME_Some__Count=3\nSOME_Some__Steps__0=1s\nSOME_MODEL=m", "SOME_Some__Files__m=a.onnx\nSOME_PORT_8080_TCP=tcp://10.0.0.1:8080"),
        500,
        bytes =>
        {
            var variables = new Hashtable();
            foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n'))
            {
                var parts = line.Split('=', 2);
                variables[parts[0]] = parts.ElementAtOrDefault(1);
            }

            Read([], variables);
        });

    [Fact]
    public void Files() => FuzzRun.Run<OptionsValidationException>(
        Bytes(
            """{"Some":{"Count":3,"Wait":"00:00:15","Steps":["1s","2s"],"Files":{"m":"a.onnx"},"Names":["a"],"Maybe":null,"Kind":"High"}}""",
            """{"Logging":{"LogLevel":{"Default":"Warning"},"Console":{"FormatterName":"json"}}, "Some":{}} // end"""),
        500,
        bytes =>
        {
            File.WriteAllBytes(_file, bytes);
            Read([$"--config={_file}"], new Hashtable());
        });

    public void Dispose() => File.Delete(_file);

    private static void Read(string[] args, IDictionary variables)
    {
        var sources = SettingSources.Read(args, Prefix, variables);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        sources.AddTo(builder.Configuration);
        var sections = new ConfigurationSections(builder, sources);
        sections.Add<ConfigurationSectionsTests.SomeOptions, ConfigurationSectionsTests.NoRanges>("Some");
        sections.ThrowIfUnreadable();
        using var services = builder.Services.BuildServiceProvider();
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (OptionsValidationException e)
        {
            ConfigurationErrors.Named(e, builder.Configuration).ShouldNotBeEmpty();
            throw;
        }
    }

    private static byte[][] Bytes(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}
