using System.Diagnostics;
using System.Runtime.InteropServices;
using AccuracyMonitor.Client;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;

namespace AccuracyMonitor.Hub.Tests.Support;

/// <summary>A real sidecar as a process of its own, with a volume that goes with it.</summary>
internal sealed class SidecarPod : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-pod-").FullName;
    private readonly Process _process;
    private readonly GrpcChannel _channel;
    private readonly string _name;

    private SidecarPod(string name, string hub)
    {
        _name = name;
        var start = new ProcessStartInfo("dotnet", [
            "exec", Path.Combine(AppContext.BaseDirectory, "AccuracyMonitor.Sidecar.dll"), $"--Listen:Socket={Path.Combine(_folder, "am.sock")}",
            "--Listen:GrpcPort=-1", "--Listen:HttpPort=0", $"--Storage:Path={Path.Combine(_folder, "am.db")}", "--Sampling:Budget=0.5",
            "--Sampling:Seed=1", "--Training:Mode=Off", $"--Hub:Address={hub}", $"--Hub:Instance={name}",
            "--Hub:Interval=100ms", "--Storage:FlushInterval=100ms", "--Estimation:Windows:0=1h",
        ])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _channel = MonitorChannel.Create($"unix://{Path.Combine(_folder, "am.sock")}");
    }

    public static async Task<SidecarPod> StartAsync(string name, string hub)
    {
        var pod = new SidecarPod(name, hub);
        await Eventually.TrueAsync(pod.AnswersAsync, "the sidecar answers");
        return pod;
    }

    /// <summary>Scores predictions of two classes.</summary>
    /// <returns>Those whose labels are wanted, after they are durable.</returns>
    public async Task<IReadOnlyList<string>> PredictAsync(int predictions)
    {
        var batch = new PredictionBatch
        {
            Model = Reports.Model,
            Version = "1",
            ClassCount = 2,
            Form = OutputForm.Probabilities,
            Encoding = ValueEncoding.Float32,
        };
        for (var i = 0; i < predictions; i++)
        {
            batch.Ids.Add($"{_name}-{i}");
            batch.TimesUnixUs.Add(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000);
        }

        var rows = Enumerable.Range(0, predictions).SelectMany(static _ => (float[])[0.8f, 0.2f]).ToArray();
        batch.Values = ByteString.CopyFrom(MemoryMarshal.AsBytes(rows.AsSpan()));
        await new PredictionService.PredictionServiceClient(_channel).ScoreAsync(new ScoreRequest { Batch = batch });
        List<string> wanted = [];
        await Eventually.TrueAsync(
            async () =>
            {
                var leased = await new LabelService.LabelServiceClient(_channel).LeaseAsync(
                    new LeaseRequest { MaxItems = 1000, LeaseDuration = Duration.FromTimeSpan(TimeSpan.FromHours(1)) });
                wanted.AddRange(leased.Items.Select(i => i.PredictionId));
                return wanted.Count > 0 && leased.Items.Count == 0;
            },
            "labels are wanted");
        return wanted;
    }

    public async Task LabelAsync(IEnumerable<string> predictions, uint label)
    {
        var answers = predictions.Select(p => new Answer { Model = Reports.Model, Version = "1", PredictionId = p, Label = label, Annotator = "ann" });
        var response = await new LabelService.LabelServiceClient(_channel).CompleteAsync(new CompleteRequest { Answers = { answers } });
        response.Outcomes.ShouldAllBe(o => o.Code == OutcomeCode.Ok);
    }

    /// <summary>SIGTERM, as at a rollout.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"])!;
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.ExitCode.ShouldBe(0);
    }

    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        _process.HasExited.ShouldBeFalse();
        try
        {
            await new LabelService.LabelServiceClient(_channel).GetQueueAsync(new GetQueueRequest(), deadline: DateTime.UtcNow.AddSeconds(2));
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }
}
