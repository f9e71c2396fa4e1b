using System.Text;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.Fuzz;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Fuzz;

/// <summary>
/// The sidecar's configuration, as arguments and as a file: it starts, or is told which settings are wrong. The sources as such, the environment among
/// them, have tests beside <c>SettingSources</c>.
/// </summary>
public sealed class ConfigurationFuzzTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-fuzz-").FullName;

    [Fact]
    public Task Command_lines() => RunAsync(
        [
            "--Intake:MaxModels=3\n--Estimation:Windows:0=5m\n--Estimation:Windows:1=1h\n--Sampling:Budget=0.01\n--Sampling:Policy=Mixed",
            "--Labelling:SecondOpinionShare=0.5\n--Access:Grants:0=token:ops=administer,label\n--Alarms:Objective=0.9\n--Alarms:ObjectiveTolerance=0.01",
            "--Labelling:Inputs:Rendering:0=m=picture,layout=NHWC,mean=0.5\n--Tap:Outputs:0=m=p\n--Sink:Outputs:0=*=p,logits\n--Intake:ClassCounts:0=m=10",
        ],
        input => Encoding.UTF8.GetString(input).Split('\n'));

    [Fact]
    public Task Files() => RunAsync(
        [
            """{"Intake":{"MaxModels":3,"MaxBatchRows":1000},"Estimation":{"Windows":["5m","1h"],"Alpha":0.05},"Sampling":{"Budget":0.01}}""",
            """{"Listen":{"ShutdownTimeout":"5s","Tls":{}},"Access":{"LocalRoles":"read,label","Grants":["*=read@m"]},"Memory":{"LimitBytes":536870912}}""",
            """{"Labelling":{"SecondOpinionShare":0.1},"Truth":{"MaxAge":"7d"},"Storage":{"Retention":"30d"},"Logging":{"LogLevel":{"Default":"None"}}}""",
        ],
        input =>
        {
            var file = Path.Combine(_folder, "settings.json");
            File.WriteAllBytes(file, input);
            return [$"--config={file}"];
        });

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task RunAsync(string[] corpus, Func<byte[], string[]> arguments)
    {
        byte[][] inputs = [.. corpus.Select(Encoding.UTF8.GetBytes)];
        foreach (var input in inputs)
        {
            (await StartsAsync(input)).ShouldBeTrue();
        }

        await FuzzRun.RunAsync(60, seed => new Mutator(seed, inputs, most: 2).Next, StartsAsync);

        async Task<bool> StartsAsync(byte[] input)
        {
            string[] args = [.. TestSidecar.Settings(_folder), .. arguments(input)];
            return await IsValidAsync(args) && await SidecarHost.RunAsync(args, new CancellationToken(canceled: true)) == 0;
        }
    }

    /// <summary>What is refused is refused here, so that the error stream of the tests has no hundreds of lines.</summary>
    private static async Task<bool> IsValidAsync(string[] args)
    {
        try
        {
            await using var app = SidecarApplication.Build(args);
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            return true;
        }
        catch (OptionsValidationException e)
        {
            e.Failures.ShouldNotBeEmpty();
            return false;
        }
        catch (AggregateException e) when (e.InnerExceptions.All(i => i is OptionsValidationException))
        {
            return false;
        }
    }
}
