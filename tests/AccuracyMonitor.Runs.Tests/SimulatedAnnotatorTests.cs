using System.Collections.Concurrent;
using AccuracyMonitor.Runs.Demo;
using AccuracyMonitor.V1;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Runs.Tests;

public sealed class SimulatedAnnotatorTests
{
    private static readonly DemoOptions Options = new() { Seed = 3 };
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeLabels _labels = new();

    [Fact]
    public async Task Every_request_meets_its_fate_and_answers_are_the_truth()
    {
        var ids = Enumerable.Range(0, 1000).Select(i => PredictionId.Create(i, i)).ToArray();
        _labels.Waiting.AddRange(ids);

        await RunForAsync(seconds: 60, out var annotator);

        var fates = ids.ToLookup(id => AnnotationPlan.For(id, Options.Seed, Options.Window).Fate);
        foreach (var id in fates[AnnotationFate.Prompt].Concat(fates[AnnotationFate.Late]).Concat(fates[AnnotationFate.Corrected]))
        {
            PredictionId.TryGetImage(id, out var image);
            _labels.Answers[id][^1].ShouldBe((uint)Truth(image), id);
        }

        fates[AnnotationFate.Corrected].ShouldAllBe(id => _labels.Answers[id].Count == 2 && _labels.Answers[id][0] != _labels.Answers[id][1]);
        fates[AnnotationFate.Never].ShouldAllBe(id => !_labels.Answers.ContainsKey(id) && !_labels.Skipped.Contains(id));
        _labels.Skipped.Order(StringComparer.Ordinal).ShouldBe(fates[AnnotationFate.Skipped].Order(StringComparer.Ordinal));
        annotator.Counts.ShouldBe(new AnnotatorCounts(
            fates[AnnotationFate.Prompt].Count() + fates[AnnotationFate.Late].Count() + fates[AnnotationFate.Corrected].Count(),
            fates[AnnotationFate.Late].Count(),
            fates[AnnotationFate.Corrected].Count(),
            fates[AnnotationFate.Skipped].Count(),
            fates[AnnotationFate.Never].Count()));
    }

    [Fact]
    public async Task Answers_come_out_of_order()
    {
        _labels.Waiting.AddRange(Enumerable.Range(0, 200).Select(i => PredictionId.Create(i, i)));

        await RunForAsync(seconds: 60, out _);

        _labels.Order.SequenceEqual(_labels.Order.Order(StringComparer.Ordinal), StringComparer.Ordinal).ShouldBeFalse();
    }

    [Fact]
    public async Task A_sidecar_that_is_away_for_a_while_is_asked_again()
    {
        _labels.Waiting.Add(PredictionId.Create(1, 1));
        _labels.FailingCalls = 5;

        await RunForAsync(seconds: 60, out _);

        _labels.Answers.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_truth_that_is_not_known_yet_is_waited_for_and_one_that_changes_is_given_again()
    {
        var answers = new LateAnswers();
        var annotator = new SimulatedAnnotator(_labels, answers, _time);
        _labels.Waiting.AddRange(["a", "other"]);

        await RunForAsync(seconds: 2, annotator);
        _labels.Answers.ShouldBeEmpty();

        answers.Known["a"] = 3;
        answers.Known["other"] = 1;
        await RunForAsync(seconds: 2, annotator);
        answers.Known["a"] = 2;
        annotator.Amend("a");
        annotator.Amend("never asked for");
        await RunForAsync(seconds: 2, annotator);

        _labels.Answers.Keys.ShouldBe(["a"]);
        _labels.Answers["a"].ShouldBe([3u, 2u]);
        annotator.Counts.Answered.ShouldBe(1);
    }

    private static int Truth(int image) => image % 10;

    private Task RunForAsync(int seconds, out SimulatedAnnotator annotator)
    {
        annotator = new SimulatedAnnotator(_labels, new DemoAnswers(Truth, Options), _time);
        return RunForAsync(seconds, annotator);
    }

    private async Task RunForAsync(int seconds, SimulatedAnnotator annotator)
    {
        using var cancel = new CancellationTokenSource();
        var running = annotator.RunAsync(cancel.Token);
        for (var step = 0; step < seconds * 5; step++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(200));
            var round = _labels.Rounds;
            SpinWait.SpinUntil(() => _labels.Rounds > round || running.IsCompleted, TimeSpan.FromMilliseconds(20));
        }

        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    /// <summary>Knows what it is told, and takes no question of others.</summary>
    private sealed class LateAnswers : IAnswers
    {
        public ConcurrentDictionary<string, int> Known { get; } = new(StringComparer.Ordinal);

        public string Model => "m";

        public string Version => "1";

        public int ClassCount => 10;

        public TimeSpan Lease => TimeSpan.FromHours(1);

        public AnnotationPlan? Plan(LabelItem item) => item.PredictionId == "other" ? null : new AnnotationPlan(AnnotationFate.Prompt, TimeSpan.Zero);

        public int? Truth(string predictionId) => Known.TryGetValue(predictionId, out var label) ? label : null;
    }

    private sealed class FakeLabels : LabelService.LabelServiceClient
    {
        public List<string> Waiting { get; } = [];

        public Dictionary<string, List<uint>> Answers { get; } = new(StringComparer.Ordinal);

        public List<string> Order { get; } = [];

        public List<string> Skipped { get; } = [];

        public int FailingCalls { get; set; }

        public int Rounds { get; private set; }

        public override AsyncUnaryCall<LeaseResponse> LeaseAsync(
            LeaseRequest request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default)
        {
            Rounds++;
            if (FailingCalls-- > 0)
            {
                return Failed<LeaseResponse>();
            }

            var taken = Waiting.Take((int)request.MaxItems).ToArray();
            Waiting.RemoveRange(0, taken.Length);
            return Done(new LeaseResponse
            {
                Items =
                { taken.Select(id => new LabelItem { PredictionId = id, LeaseId = $"lease {id}", Model = request.Model, Version = request.Version }) }
            });
        }

        public override AsyncUnaryCall<CompleteResponse> CompleteAsync(
            CompleteRequest request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default)
        {
            foreach (var answer in request.Answers)
            {
                var id = answer.PredictionId.Length > 0 ? answer.PredictionId : answer.LeaseId["lease ".Length..];
                Order.Add(id);
                (Answers.TryGetValue(id, out var given) ? given : Answers[id] = []).Add(answer.Label);
            }

            return Done(new CompleteResponse());
        }

        public override AsyncUnaryCall<SkipResponse> SkipAsync(
            SkipRequest request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default)
        {
            Skipped.AddRange(request.LeaseIds.Select(lease => lease["lease ".Length..]));
            return Done(new SkipResponse());
        }

        private static AsyncUnaryCall<T> Done<T>(T response) =>
            new(Task.FromResult(response), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });

        private static AsyncUnaryCall<T> Failed<T>() => new(
            Task.FromException<T>(new RpcException(new Status(StatusCode.Unavailable, "away"))), Task.FromResult(new Metadata()), () => Status.DefaultCancelled,
            () => [], () => { });
    }
}
