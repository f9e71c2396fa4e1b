using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using AccuracyMonitor.Runs.Demo;

namespace AccuracyMonitor.Benchmarks.Tap;

/// <summary>A route to the model server.</summary>
internal sealed record TapWay(string Name, Uri Grpc, Uri Rest);

/// <summary>A model server, and in front of it the tap, YARP alone and nginx, each as a separate process.</summary>
internal sealed partial class TapContestants : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly string[] NginxPlaces = ["/usr/sbin/nginx", "/usr/bin/nginx"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("am-bench-tap-");
    private readonly List<ChildProcess> _processes = [];

    public List<TapWay> Ways { get; } = [];

    /// <summary>/metrics of the sidecar.</summary>
    public Uri Metrics { get; private set; } = null!;

    /// <exception cref="DemoException">A process did not start; the message contains the last lines of its output.</exception>
    public static async Task<TapContestants> StartAsync(CancellationToken cancel)
    {
        var contestants = new TapContestants();
        try
        {
            await contestants.StartAllAsync(cancel);
            return contestants;
        }
        catch
        {
            await contestants.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private async Task StartAllAsync(CancellationToken cancel)
    {
        var server = Start("model server", DemoProcesses.ServingApplication(),
            ["model-server", "--Server:GrpcPort=0", "--Server:HttpPort=0", "--Server:StopWithStandardInput=true"]);
        var direct = await WayAsync("direct", server, cancel);
        Ways.Add(direct);

        var yarp = Start("YARP", [.. BenchmarkProcess.Self(), ProxyServer.Name], ["--grpc", direct.Grpc.ToString(), "--rest", direct.Rest.ToString()]);
        Ways.Add(await WayAsync("YARP alone", yarp, cancel));

        var sidecar = Start("sidecar", [.. DemoServeCommand.Program(), "serve"],
        [
            $"--Listen:Socket={Path.Combine(_folder.FullName, "am.sock")}", "--Listen:GrpcPort=-1", "--Listen:HttpPort=0",
            $"--Storage:Path={Path.Combine(_folder.FullName, "am.db")}", "--Training:Mode=Off",
            "--Tap:GrpcPort=0", "--Tap:HttpPort=0", "--Tap:HealthPort=-1", $"--Tap:GrpcUpstream={direct.Grpc}", $"--Tap:HttpUpstream={direct.Rest}",
        ]);
        Ways.Add(await WayAsync("tap", sidecar, cancel));
        Metrics = new Uri(
            await sidecar.WaitForLineAsync(line => MetricsLine().Match(line) is { Success: true } m ? m.Groups["url"].Value : null, StartTimeout, cancel));

        if (await StartNginxAsync(direct, cancel) is { } nginx)
        {
            Ways.Add(nginx);
        }
    }

    private async Task<TapWay?> StartNginxAsync(TapWay direct, CancellationToken cancel)
    {
        var program = NginxPlaces.FirstOrDefault(File.Exists);
        if (program is null)
        {
            return null;
        }

        var (grpc, rest) = (FreePort(), FreePort());
        var configuration = Path.Combine(_folder.FullName, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off; worker_processes 1; pid {{_folder.FullName}}/nginx.pid; error_log stderr warn;
            events { worker_connections 1024; }
            http {
              access_log off; keepalive_requests 100000000; client_max_body_size 0; client_body_buffer_size 16m;
              client_body_temp_path {{_folder.FullName}}/body; proxy_temp_path {{_folder.FullName}}/proxy;
              fastcgi_temp_path {{_folder.FullName}}/fastcgi; uwsgi_temp_path {{_folder.FullName}}/uwsgi; scgi_temp_path {{_folder.FullName}}/scgi;
              upstream grpc_server { server {{direct.Grpc.Authority}}; keepalive 64; keepalive_requests 100000000; }
              upstream rest_server { server {{direct.Rest.Authority}}; keepalive 64; keepalive_requests 100000000; }
              server { listen 127.0.0.1:{{grpc}} http2; location / { grpc_pass grpc://grpc_server; } }
              server { listen 127.0.0.1:{{rest}}; location / { proxy_pass http://rest_server; proxy_http_version 1.1; proxy_set_header Connection ""; } }
            }
            """, cancel);
        Start("nginx", [program], ["-c", configuration, "-p", _folder.FullName, "-e", "stderr"]);
        for (var waited = TimeSpan.Zero; waited < StartTimeout; waited += TimeSpan.FromMilliseconds(50))
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, rest, cancel);
                return new TapWay("nginx", new Uri($"http://127.0.0.1:{grpc}"), new Uri($"http://127.0.0.1:{rest}"));
            }
            catch (SocketException)
            {
                await Task.Delay(50, cancel);
            }
        }

        throw new DemoException("nginx does not listen.");
    }

    private ChildProcess Start(string name, string[] command, string[] arguments)
    {
        var process = ChildProcess.Start(name, command, arguments, Path.Combine(_folder.FullName, $"{_processes.Count}.log"));
        _processes.Add(process);
        return process;
    }

    private static async Task<TapWay> WayAsync(string name, ChildProcess process, CancellationToken cancel)
    {
        async Task<Uri> FindAsync(Regex regex) =>
            new(await process.WaitForLineAsync(line => regex.Match(line) is { Success: true } m ? m.Groups["url"].Value : null, StartTimeout, cancel));
        return new TapWay(name, await FindAsync(GrpcOn()), await FindAsync(RestOn()));
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"gRPC on (?<url>http://[^\s,]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex GrpcOn();

    [GeneratedRegex(@"REST on (?<url>http://[^\s,]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RestOn();

    [GeneratedRegex(@"Metrics on (?<url>http://[^\s]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MetricsLine();
}
