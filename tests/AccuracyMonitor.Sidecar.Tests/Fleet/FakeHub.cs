using System.Collections.Concurrent;
using AccuracyMonitor.Hosting.Rpc;
using AccuracyMonitor.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Fleet;

/// <summary>A hub that keeps in memory, of each thing of a source, the state with the highest change number; on a real socket.</summary>
internal sealed class FakeHub : FleetService.FleetServiceBase, IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-hub-").FullName;
    private readonly Lock _gate = new();
    private readonly Dictionary<object, (ulong Change, object? State)> _states = [];
    private readonly Dictionary<string, (ulong Epoch, ulong Sequence)> _numbers = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    public FakeHub()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.ListenUnixSocket(Socket, static l => l.Protocols = HttpProtocols.Http2));
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        _app = builder.Build();
        _app.UseRouting();
        _app.MapGrpcService<FakeHub>();
    }

    public string Setting => $"--Hub:Address=unix://{Socket}";

    /// <summary>Decides over each report before it is stored; null: it is taken.</summary>
    public Func<ReportRequest, Task<Status?>> Judge { get; set; } = static _ => Task.FromResult<Status?>(null);

    /// <summary>Put into the answers.</summary>
    public Action<ReportResponse> Answer { get; set; } = static _ => { };

    /// <summary>All that came, in order, whatever became of it.</summary>
    public ConcurrentQueue<ReportRequest> Reports { get; } = [];

    public IReadOnlyList<ReportedRequest> Requests => States<ReportedRequest>();

    public IReadOnlyList<ReportedModel> Models => States<ReportedModel>();

    public IReadOnlyList<(SeriesSums Series, BucketSums Bucket)> Buckets => States<(SeriesSums, BucketSums)>();

    private string Socket => Path.Combine(_folder, "hub.sock");

    public Task StartAsync() => _app.StartAsync();

    public static async Task<FakeHub> StartedAsync()
    {
        var hub = new FakeHub();
        await hub.StartAsync();
        return hub;
    }

    public void Refuse(StatusCode status) => Judge = _ => Task.FromResult<Status?>(new Status(status, "as the test says"));

    public void Take() => Judge = static _ => Task.FromResult<Status?>(null);

    /// <summary>Another database, or the backup of an empty one.</summary>
    public void LoseMemory()
    {
        lock (_gate)
        {
            _states.Clear();
            _numbers.Clear();
        }
    }

    /// <summary>Predictions of all traffic in a window.</summary>
    public long Predictions(TimeSpan window) => Buckets
        .Where(b => b.Series is { HasPredictedClass: false, Segment: "" } && b.Bucket.Window.ToTimeSpan() == window).Sum(b => (long)b.Bucket.Predictions);

    public override async Task<ReportResponse> Report(ReportRequest request, ServerCallContext context)
    {
        Reports.Enqueue(request);
        if (await Judge(request) is { } status)
        {
            throw new RpcException(status);
        }

        lock (_gate)
        {
            var last = _numbers.GetValueOrDefault(request.SourceId);
            if (last.CompareTo((request.AcknowledgedEpoch, request.AcknowledgedSequence)) < 0)
            {
                throw RpcErrors.Precondition("REPORTS_LOST", "an acknowledged report is missing");
            }

            if (last.CompareTo((request.Epoch, request.Sequence)) > 0)
            {
                throw RpcErrors.Aborted("SUPERSEDED", "an older report");
            }

            _numbers[request.SourceId] = (request.Epoch, request.Sequence);
            Store(request);
            var response = new ReportResponse();
            Answer(response);
            return response;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private void Store(ReportRequest request)
    {
        var source = request.SourceId;
        foreach (var series in request.Series)
        {
            foreach (var b in series.Buckets)
            {
                var predicted = series.HasPredictedClass ? series.PredictedClass : (int?)null;
                Keep((source, series.Model, series.Version, series.Segment, predicted, b.Window, b.Start), b.Change, (series, b));
            }
        }

        foreach (var r in request.Requests)
        {
            Keep((source, r.Model, r.Version, r.PredictionId), r.Change, r);
        }

        foreach (var f in request.Forgotten)
        {
            Keep((source, f.Model, f.Version, f.PredictionId), f.Change, null);
        }

        foreach (var m in request.Models)
        {
            Keep((source, m.Model, m.Version), m.Change, m);
        }
    }

    private void Keep(object key, ulong change, object? state)
    {
        if (!_states.TryGetValue(key, out var known) || known.Change < change)
        {
            _states[key] = (change, state);
        }
    }

    private List<T> States<T>()
    {
        lock (_gate)
        {
            return [.. _states.Values.Select(s => s.State).OfType<T>()];
        }
    }
}
