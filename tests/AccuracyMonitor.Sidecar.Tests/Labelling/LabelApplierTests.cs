using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Sidecar.Tests.Labelling;

public sealed class LabelApplierTests : IAsyncDisposable
{
    private static readonly ModelKey Key = new("m", "1");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly string _folder = Directory.CreateTempSubdirectory("am-applier-").FullName;
    private readonly WebApplication _app;
    private readonly LabelApplier _applier;
    private readonly ModelRegistry _registry;

    public LabelApplierTests()
    {
        _app = SidecarApplication.Build(TestSidecar.Settings(_folder));
        _registry = _app.Services.GetRequiredService<ModelRegistry>();
        _applier = new LabelApplier(_registry, _app.Services.GetRequiredService<AdaptationQueue>(), new StoredChanges(), _time);
    }

    [Fact]
    public async Task Write_CorrectionReportedBeforeTheLabelItCorrects_IsAppliedAfterIt()
    {
        var model = _registry.GetOrCreate(Key, 3)!;
        _applier.Apply(Change("stays", null, 0, 1));
        TaskCompletionSource<IReadOnlyList<LabelChange>> first = new();
        TaskCompletionSource<IReadOnlyList<LabelChange>> failing = new();
        TaskCompletionSource<IReadOnlyList<LabelChange>> second = new();
        Task[] calls = [_applier.WriteAsync(() => first.Task), _applier.WriteAsync(() => failing.Task), _applier.WriteAsync(() => second.Task)];

        second.SetResult([Change("a", 1, 0, 3)]);
        failing.SetException(new StoreBusyException("busy"));
        first.SetResult([Change("a", null, 1, 2)]);
        await Should.ThrowAsync<StoreBusyException>(() => Task.WhenAll(calls));

        var sums = Labels(model);
        (sums.Count, sums.Correct).ShouldBe((2, 2));
        sums.WY.ShouldBe(200, 1e-9);
    }

    [Fact]
    public void Apply_UniformLabel_AsksForTheCountsOfTheStore()
    {
        var running = _registry.GetOrCreate(Key, 3)!.Running;
        running.Count(running.UncountedChange!.Value, new UniformLabelCount(5, 4));
        running.UncountedChange.ShouldBeNull();

        _applier.Apply(Change("a", null, 0, 1, uniform: false));
        running.UncountedChange.ShouldBeNull();
        _applier.Apply(Change("b", null, 1, 2, uniform: true));
        running.UncountedChange.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(LabelOutcome.Unchanged)]
    [InlineData(LabelOutcome.NotFound)]
    [InlineData(LabelOutcome.LabelOutOfRange)]
    public void Apply_NothingChanged_LeavesTheWindow(LabelOutcome outcome)
    {
        var model = _registry.GetOrCreate(Key, 3)!;

        _applier.Apply(Change("a", null, 0, 1) with { Outcome = outcome });

        Labels(model).Count.ShouldBe(0);
    }

    [Fact]
    public void Apply_AnswerToAnExpiredRequest_IsNoLongerUnansweredInEitherOrder()
    {
        var model = _registry.GetOrCreate(Key, 3)!;
        var answer = Change("a", null, 0, 1) with { PreviousState = RequestState.Expired };
        var expired = Change("a", null, null, 0).Request! with { State = RequestState.Expired };

        _applier.Apply(answer);
        _applier.Unanswered(expired, RequestState.Waiting);

        (Labels(model).Count, Labels(model).Unanswered).ShouldBe((1, 0));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private LabelSums Labels(ModelState model)
    {
        using var copy = model.AllTraffic.CopyWindow(0, _time.GetUtcNow());
        LabelSums sums = default;
        foreach (var bucket in copy.Buckets)
        {
            sums.Merge(bucket.Labels);
        }

        return sums;
    }

    private LabelChange Change(string id, int? previous, int? current, long sequence, bool uniform = false)
    {
        var now = _time.GetUtcNow();
        return new LabelChange
        {
            Outcome = previous is not null && current is not null ? LabelOutcome.Replaced : LabelOutcome.Ok,
            Previous = previous,
            PreviousState = previous is null ? RequestState.Waiting : RequestState.Answered,
            Request = new RequestSummary
            {
                Series = new SeriesKey(Key.Model, Key.Version, ""),
                PredictionId = id,
                PredictionTime = now.AddSeconds(-5),
                PredictedClass = 0,
                ClassCount = 3,
                Score = 0.75,
                MonitorLogit = 1,
                Disagreement = 0.1,
                InclusionProbability = 0.01,
                Policy = SamplingPolicy.Mixed,
                MonitorVersion = "m1",
                CreatedAt = now,
                ExpiresAt = now.AddDays(1),
                State = current is null ? RequestState.Retracted : RequestState.Answered,
                Attempts = 1,
                Label = current,
                LabelSequence = sequence,
                UniformSample = uniform,
            },
        };
    }
}
