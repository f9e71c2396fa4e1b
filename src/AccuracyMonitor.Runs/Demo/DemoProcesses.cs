using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using AccuracyMonitor.Demo.Data;

namespace AccuracyMonitor.Runs.Demo;

/// <summary>The two processes that a user would have: the sidecar, and the application that it watches.</summary>
internal sealed partial class DemoProcesses : IAsyncDisposable
{
    /// <summary>Below it the accuracy alarm shall fire.</summary>
    public const double Objective = 0.85;

    /// <summary>As which the application reports.</summary>
    public const string Model = "fashion";

    public const string Version = "1";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _data;

    private DemoProcesses(DirectoryInfo data) => _data = data;

    public ChildProcess Sidecar { get; private set; } = null!;

    public ChildProcess Application { get; private set; } = null!;

    /// <summary>gRPC over the Unix socket, as <c>unix:///…</c>.</summary>
    public string SidecarAddress { get; private set; } = "";

    /// <summary>gRPC over TCP.</summary>
    public string SidecarGrpc { get; private set; } = "";

    /// <summary>/metrics and the pages.</summary>
    public string SidecarHttp { get; private set; } = "";

    public string ApplicationHttp { get; private set; } = "";

    /// <summary>Ends, with what to say, when one of them ends by itself.</summary>
    public async Task<DemoException> DiedAsync()
    {
        await Task.WhenAny(Sidecar.Exited, Application.Exited);
        return await (Sidecar.HasExited ? Sidecar : Application).DiedAsync();
    }

    /// <exception cref="DemoException">One of them does not start; the message has its last lines.</exception>
    public static async Task<DemoProcesses> StartAsync(DemoOptions options, string[] sidecarCommand, string monitorPath, CancellationToken cancel)
    {
        var processes = new DemoProcesses(Directory.CreateTempSubdirectory("am-demo-"));
        try
        {
            await processes.StartSidecarAsync(options, sidecarCommand, monitorPath, cancel);
            await processes.StartApplicationAsync(options, cancel);
            return processes;
        }
        catch
        {
            await processes.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The application first: it reports to the sidecar until it ends.
        if (Application is not null)
        {
            await Application.DisposeAsync();
        }

        if (Sidecar is not null)
        {
            await Sidecar.DisposeAsync();
        }

        _data.Delete(recursive: true);
    }

    private async Task StartSidecarAsync(DemoOptions options, string[] sidecarCommand, string monitorPath, CancellationToken cancel)
    {
        var socket = Path.Combine(_data.FullName, "monitor.sock");
        var hourly = Math.Max(3600, (long)(2 * options.Rate * options.Budget * 3600));
        string[] settings =
        [
            $"--Listen:Socket={socket}",
            "--Listen:GrpcPort=0",
            "--Listen:HttpPort=0",
            $"--Storage:Path={Path.Combine(_data.FullName, "monitor.db")}",
            $"--Monitor:Artifact={monitorPath}",
            $"--Estimation:Windows:0={options.Window:c}",
            "--Estimation:Windows:1=00:01:00",
            "--Estimation:Windows:2=00:05:00",
            string.Create(CultureInfo.InvariantCulture, $"--Sampling:Budget={options.Budget}"),
            $"--Sampling:Seed={options.Seed}",
            $"--Sampling:MaxRequestsPerHour={Math.Min(hourly, 10_000_000)}",
            "--Labelling:RequestLifetime=00:01:00",
            $"--Labelling:Classes:{Model}={DemoAssets.Classes()}",
            $"--Labelling:Inputs:Rendering:0={Model}=picture,range=0/255",
            string.Create(CultureInfo.InvariantCulture, $"--Alarms:Objective={Objective}"),
        ];
        Sidecar = ChildProcess.Start("sidecar", sidecarCommand, settings, Path.Combine(options.OutputFolder, "sidecar.log"));
        SidecarHttp = await MetricsAddressAsync(Sidecar, cancel);
        SidecarGrpc = await Sidecar.WaitForLineAsync(line => Match(GrpcLine(), line), StartTimeout, cancel);
        SidecarAddress = $"unix://{socket}";
    }

    private async Task StartApplicationAsync(DemoOptions options, CancellationToken cancel)
    {
        string[] settings =
        [
            "--Serving:Listen=http://127.0.0.1:0",
            $"--Serving:Monitor={SidecarAddress}",
            $"--Serving:Model={Model}",
            $"--Serving:Version={Version}",
            "--Serving:StopWithStandardInput=true",
        ];
        Application = ChildProcess.Start("serving application", ServingApplication(), settings, Path.Combine(options.OutputFolder, "serving-app.log"));
        ApplicationHttp = await ServingAddressAsync(Application, cancel);
    }

    /// <summary>Where a sidecar that has just been started serves its metrics.</summary>
    internal static Task<string> MetricsAddressAsync(ChildProcess sidecar, CancellationToken cancel) =>
        sidecar.WaitForLineAsync(line => Match(MetricsLine(), line), StartTimeout, cancel);

    /// <summary>Where an application that has just been started serves.</summary>
    internal static Task<string> ServingAddressAsync(ChildProcess application, CancellationToken cancel) =>
        application.WaitForLineAsync(line => Match(ServingLine(), line), StartTimeout, cancel);

    /// <summary>How the program of an executable assembly is started.</summary>
    internal static string[] Program(Assembly assembly)
    {
        var path = Environment.ProcessPath!;
        return IsDotnet(path) ? [path, assembly.Location] : assembly == Assembly.GetEntryAssembly() ? [path] : ["dotnet", assembly.Location];
    }

    /// <summary>The demo's program, beside this one.</summary>
    internal static string[] ServingApplication()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "AccuracyMonitor.Demo");
        var executable = OperatingSystem.IsWindows() ? program + ".exe" : program;
        return File.Exists(executable) ? [executable]
            : [IsDotnet(Environment.ProcessPath!) ? Environment.ProcessPath! : "dotnet", program + ".dll"];
    }

    private static bool IsDotnet(string path) => string.Equals(Path.GetFileNameWithoutExtension(path), "dotnet", StringComparison.OrdinalIgnoreCase);

    private static string? Match(Regex regex, string line) => regex.Match(line) is { Success: true } match ? match.Groups["url"].Value : null;

    [GeneratedRegex(@"Metrics on (?<url>http://[^\s]+)/metrics", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MetricsLine();

    [GeneratedRegex(@"gRPC on (?<url>http://[^\s]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex GrpcLine();

    [GeneratedRegex(@"^Serving \S+ on (?<url>http://[^\s,]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServingLine();
}
