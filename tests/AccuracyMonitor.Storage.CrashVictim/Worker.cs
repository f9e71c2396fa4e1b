using System.Globalization;
using System.Text;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Storage.Fleet;
using AccuracyMonitor.Storage.Inputs;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Monitors;
using AccuracyMonitor.Storage.Truth;
using AccuracyMonitor.Storage.Windows;

namespace AccuracyMonitor.Storage.CrashVictim;

/// <summary>
/// Random operations on a model version of its own, one after the other, so that the order of what happened to it is known. A line begins
/// with <c>?</c> before an operation and with <c>!</c> once it is acknowledged.
/// </summary>
internal sealed class Worker(MonitorStore store, TextWriter journal, int number, int life)
{
    private const int Classes = 5;

    /// <summary>The worker that also reports to a hub, for all.</summary>
    private const int Reporting = 0;

    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ModelKey _key = new("victim", $"w{number}");
    private readonly Random _random = new((life * 100) + number);
    private readonly Dictionary<string, int> _labels = new(StringComparer.Ordinal);
    private readonly List<string> _ids = [];
    private readonly List<string> _remembered = [];
    private long _requested;
    private int _operation;

    /// <summary>Takes up where the life before was cut off.</summary>
    public async Task LoadAsync()
    {
        if (number == Reporting)
        {
            await store.Fleet.ConnectAsync();
        }

        await foreach (var request in store.RequestsSinceAsync(DateTimeOffset.MinValue))
        {
            if (request.Series.ModelKey == _key)
            {
                Remember(request.PredictionId, request.Label);
                _requested++;
            }
        }
    }

    public Task StepAsync()
    {
        _operation++;
        if (_operation == 1 && _labels.Values.Any(l => l >= 0))
        {
            // An opinion needs a request, its label and a lease: more than many a short life comes to. So each begins with it.
            return GiveOpinionsAsync();
        }

        return number == Reporting && _operation % 3 == 0 ? ReportAsync() : _random.Next(17) switch
        {
            // Also while the files are being rewritten nothing may be lost.
            0 when _random.Next(10) == 0 => store.EraseAsync(),
            < 4 => EnqueueAsync(),
            < 7 when _ids.Count > 0 => LabelAsync(),
            < 8 => LabelByLeaseAsync(),
            < 9 when _ids.Count > 0 => RetractAsync(),
            >= 16 => RememberAsync(),
            >= 14 when _remembered.Count > 0 => TellTruthAsync(),
            >= 14 => RememberAsync(),
            >= 12 => GiveOpinionsAsync(),
            >= 10 when _ids.Count > 0 => AttachAsync(),
            _ => PromoteAsync(),
        };
    }

    private async Task EnqueueAsync()
    {
        var requests = Enumerable.Range(0, _random.Next(1, 4)).Select(i => Request($"{life}.{number}.{_operation}.{i}")).ToArray();
        var ids = string.Join(',', requests.Select(r => r.PredictionId));
        _requested += requests.Length;
        var totals = new BucketSnapshot(TimeSpan.FromHours(1), Time, new PredictionSums { Requested = _requested }, _operation);
        var bucket = new BucketRow(new SeriesKey(_key.Model, _key.Version, ""), totals);
        await SayAsync($"? request w{number} {ids}");
        await store.EnqueueAsync(requests, [bucket]);
        await SayAsync($"! request w{number} {ids}");
        foreach (var request in requests)
        {
            Remember(request.PredictionId, null);
        }
    }

    private Task LabelAsync()
    {
        var id = _ids[_random.Next(_ids.Count)];
        return CompleteAsync(id, new LabelAnswer { Key = _key, PredictionId = id, Label = OtherLabel(id) });
    }

    private async Task LabelByLeaseAsync()
    {
        foreach (var lease in await store.LeaseAsync(new LeaseQuery { Model = _key.Model, Version = _key.Version, MaxItems = 2 }, Time))
        {
            var id = lease.Request.PredictionId;
            await CompleteAsync(id, new LabelAnswer { LeaseId = lease.LeaseId, Label = OtherLabel(id) });
        }
    }

    /// <summary>By an annotator who has said nothing yet. Some of the classes disagree with the label, so that a third is asked.</summary>
    private async Task GiveOpinionsAsync()
    {
        var query = new LeaseQuery { Model = _key.Model, Version = _key.Version, MaxItems = 2, Annotator = $"{life}.{number}.{_operation}" };
        foreach (var lease in await store.LeaseAsync(query, Time))
        {
            var id = lease.Request.PredictionId;
            if (lease.Opinion == 1)
            {
                await CompleteAsync(id, new LabelAnswer { LeaseId = lease.LeaseId, Label = OtherLabel(id) });
                continue;
            }

            var (token, label) = (Token(id), _random.Next(2) == 0 ? _labels[id] : OtherLabel(id));
            await SayAsync($"? opinion w{number} {id} {lease.Opinion} {label} {token}");
            await store.CompleteAsync([new LabelAnswer { LeaseId = lease.LeaseId, Label = label, Annotator = token }], Time);
            await SayAsync($"! opinion w{number} {id} {lease.Opinion} {label} {token}");
        }
    }

    private async Task CompleteAsync(string id, LabelAnswer answer)
    {
        var token = Token(id);
        await SayAsync($"? label w{number} {id} {answer.Label} {token}");
        await store.CompleteAsync([answer with { Annotator = token }], Time);
        await SayAsync($"! label w{number} {id} {answer.Label} {token}");
        Remember(id, (int)answer.Label);
    }

    private async Task RetractAsync()
    {
        var id = _ids[_random.Next(_ids.Count)];
        if (_labels[id] < 0)
        {
            return;
        }

        var token = Token(id);
        await SayAsync($"? label w{number} {id} -1 {token}");
        await store.RetractAsync([(_key, id)], token, Time);
        await SayAsync($"! label w{number} {id} -1 {token}");
        Remember(id, null);
    }

    private async Task AttachAsync()
    {
        var id = _ids[_random.Next(_ids.Count)];
        if (_labels[id] >= 0)
        {
            return;
        }

        // Of one page, and of many.
        var content = $"{Token(id)} {new string('.', _random.Next(2) == 0 ? 10 : 20_000)}";
        await SayAsync($"? input w{number} {id} {Token(id)}");
        await store.Inputs.AttachAsync(_key, id, new StoredInput("text/plain", Encoding.ASCII.GetBytes(content)), long.MaxValue, Time);
        await SayAsync($"! input w{number} {id} {Token(id)}");
    }

    /// <summary>Predictions that were not chosen for labelling, until their truth comes.</summary>
    private async Task RememberAsync()
    {
        var predictions = Enumerable.Range(0, _random.Next(1, 4)).Select(i => new RememberedPrediction
        {
            Key = _key,
            ClassCount = Classes,
            PredictionId = $"r.{life}.{number}.{_operation}.{i}",
            Time = Time,
            PredictedClass = 0,
            Score = 0.5,
        }).ToArray();
        var ids = string.Join(',', predictions.Select(p => p.PredictionId));
        await SayAsync($"? remember w{number} {ids}");
        await store.Truth.RememberAsync(predictions);
        await SayAsync($"! remember w{number} {ids}");
        _remembered.AddRange(predictions.Select(p => p.PredictionId));
    }

    private async Task TellTruthAsync()
    {
        var (id, truth) = (_remembered[_random.Next(_remembered.Count)], _random.Next(Classes));
        await SayAsync($"? truth w{number} {id} {truth}");
        await store.CompleteAsync([new LabelAnswer { Key = _key, PredictionId = id, Label = truth, OfEveryPrediction = true }], Time);
        await SayAsync($"! truth w{number} {id} {truth}");
    }

    private async Task PromoteAsync()
    {
        var version = $"{life}.{number}.{_operation}";
        await SayAsync($"? promote w{number} {version}");
        await store.Monitors.RegisterAsync(
            new MonitorRow { Key = _key, MonitorVersion = version, Kind = "ensemble", CreatedAt = Time, Onnx = [1], Head = [2] });
        await store.Monitors.ActivateAsync(_key, version, decision: null, Time);
        await SayAsync($"! promote w{number} {version}");
    }

    /// <summary>What the hub has is what was said.</summary>
    private async Task ReportAsync()
    {
        await store.Fleet.MarkAsync();
        var page = await store.Fleet.NextAsync(200);
        foreach (var change in page!.OfType<RequestChange>())
        {
            await SayAsync($"> {change.Request.PredictionId} {change.Request.Label ?? -1}");
        }

        await store.Fleet.AcknowledgeAsync(page!, new ReportNumber(1, _operation));
    }

    private LabelRequest Request(string id) => new()
    {
        Series = new SeriesKey(_key.Model, _key.Version, ""),
        PredictionId = id,
        PredictionTime = Time,
        PredictedClass = 0,
        Probabilities = [0.2f, 0.2f, 0.2f, 0.2f, 0.2f],
        Score = 0.5,
        MonitorLogit = 0,
        Disagreement = 0,
        InclusionProbability = 0.01,
        Policy = SamplingPolicy.Mixed,
        MonitorVersion = "m1",
        CreatedAt = Time,
        ExpiresAt = Time.AddDays(1),
        SecondOpinion = true,
    };

    private void Remember(string id, int? label)
    {
        if (!_labels.ContainsKey(id))
        {
            _ids.Add(id);
        }

        _labels[id] = label ?? -1;
    }

    // Never the label it has: that would be acknowledged without an entry in the history, and every acknowledgement shall have one.
    private int OtherLabel(string id)
    {
        var label = _labels.GetValueOrDefault(id, -1);
        return label < 0 ? _random.Next(Classes) : (label + _random.Next(1, Classes)) % Classes;
    }

    private string Token(string id) => string.Create(CultureInfo.InvariantCulture, $"{life}.{number}.{_operation}/{id}");

    private Task SayAsync(string line) => journal.WriteLineAsync(line);
}
