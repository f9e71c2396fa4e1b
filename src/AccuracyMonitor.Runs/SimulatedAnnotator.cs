using System.Collections.Concurrent;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccuracyMonitor.Runs;

/// <param name="Answered">Right answers given, corrections not counted.</param>
/// <param name="Late">Of them after their window.</param>
/// <param name="Corrected">Of them wrong at first.</param>
/// <param name="Skipped">Given back.</param>
/// <param name="Ignored">Taken and never answered.</param>
internal sealed record AnnotatorCounts(int Answered, int Late, int Corrected, int Skipped, int Ignored);

/// <summary>Answers the sidecar's label requests as a person would who has the truth: with delays, out of order, some late, some never.</summary>
/// <param name="labels">The sidecar.</param>
/// <param name="answers">What the annotator knows, and when.</param>
/// <param name="time">The clock.</param>
internal sealed class SimulatedAnnotator(LabelService.LabelServiceClient labels, IAnswers answers, TimeProvider time)
{
    /// <summary>As his labels name him.</summary>
    public const string Name = "simulated-annotator";

    private const int MostAnswers = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly PriorityQueue<Work, DateTimeOffset> _due = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Queue<string> _seenOrder = new();
    private readonly ConcurrentQueue<string> _amended = new();
    private AnnotatorCounts _counts = new(0, 0, 0, 0, 0);

    public AnnotatorCounts Counts => _counts;

    /// <summary>So many waiting requests are left to others. Default 0.</summary>
    public int LeftToOthers { get; set; }

    /// <summary>The truth of a prediction has become another: the answer, if one was given, is given again. Thread-safe.</summary>
    public void Amend(string predictionId) => _amended.Enqueue(predictionId);

    /// <summary>Works until cancelled. A call that fails is tried again: an annotator's tool does not give up because the sidecar restarts.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                await TakeAsync(cancel);
                await AnswerAsync(cancel);
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted)
            {
                continue;
            }
        }
    }

    private async Task TakeAsync(CancellationToken cancel)
    {
        var items = 1000L;
        if (LeftToOthers > 0)
        {
            var queue = await labels.GetQueueAsync(new GetQueueRequest { Model = answers.Model, Version = answers.Version }, cancellationToken: cancel);
            items = Math.Min(items, queue.State.Waiting - (long)LeftToOthers);
        }

        if (items <= 0)
        {
            return;
        }

        var request = new LeaseRequest
        {
            MaxItems = (uint)items,
            LeaseDuration = answers.Lease.ToDuration(),
            Annotator = Name,
            Model = answers.Model,
            Version = answers.Version,
        };
        foreach (var item in (await labels.LeaseAsync(request, cancellationToken: cancel)).Items)
        {
            // A question comes again when its lease is over: it is in hand, or was ignored on purpose.
            if (answers.Plan(item) is { } plan && Remember(item.PredictionId))
            {
                _counts = plan.Fate == AnnotationFate.Never ? _counts with { Ignored = _counts.Ignored + 1 } : _counts;
                Schedule(new Work(item, plan.Fate), plan.Delay);
            }
        }
    }

    private async Task AnswerAsync(CancellationToken cancel)
    {
        var given = new CompleteRequest();
        var skips = new SkipRequest { Reason = "cannot be told" };
        List<Work> unknown = [];
        while (_due.TryPeek(out _, out var at) && at <= time.GetUtcNow() && given.Answers.Count < MostAnswers)
        {
            var work = _due.Dequeue();
            if (answers.Truth(work.Item.PredictionId) is not { } label)
            {
                unknown.Add(work);
                continue;
            }

            switch (work.Fate)
            {
                case AnnotationFate.Prompt or AnnotationFate.Late:
                    // By prediction: a late answer's lease is over, and a correction's was ended by the first answer.
                    given.Answers.Add(ById(work.Item.PredictionId, label));
                    break;
                case AnnotationFate.Corrected:
                    given.Answers.Add(ByLease(work, (label + 1) % answers.ClassCount));
                    Schedule(work with { Fate = AnnotationFate.Prompt }, AnnotationPlan.CorrectionDelay);
                    break;
                case AnnotationFate.Skipped:
                    skips.LeaseIds.Add(work.Item.LeaseId);
                    break;
            }

            _counts = Counted(work.Fate);
        }

        foreach (var work in unknown)
        {
            Schedule(work, Pause);
        }

        while (given.Answers.Count < MostAnswers && _amended.TryDequeue(out var id))
        {
            // One still in hand will be answered with the new truth anyway.
            if (_seen.Contains(id) && answers.Truth(id) is { } label)
            {
                given.Answers.Add(ById(id, label));
            }
        }

        if (given.Answers.Count > 0)
        {
            await labels.CompleteAsync(given, cancellationToken: cancel);
        }

        if (skips.LeaseIds.Count > 0)
        {
            await labels.SkipAsync(skips, cancellationToken: cancel);
        }
    }

    private AnnotatorCounts Counted(AnnotationFate fate) => fate switch
    {
        AnnotationFate.Prompt => _counts with { Answered = _counts.Answered + 1 },
        AnnotationFate.Late => _counts with { Answered = _counts.Answered + 1, Late = _counts.Late + 1 },
        AnnotationFate.Corrected => _counts with { Corrected = _counts.Corrected + 1 },
        AnnotationFate.Skipped => _counts with { Skipped = _counts.Skipped + 1 },
        _ => _counts,
    };

    private void Schedule(Work work, TimeSpan delay)
    {
        if (work.Fate != AnnotationFate.Never)
        {
            _due.Enqueue(work, time.GetUtcNow() + delay);
        }
    }

    private bool Remember(string id)
    {
        const int Remembered = 20_000;
        if (!_seen.Add(id))
        {
            return false;
        }

        _seenOrder.Enqueue(id);
        if (_seenOrder.Count > Remembered)
        {
            _seen.Remove(_seenOrder.Dequeue());
        }

        return true;
    }

    private static Answer ByLease(Work work, int label) => new() { LeaseId = work.Item.LeaseId, Label = (uint)label, Annotator = Name };

    private Answer ById(string predictionId, int label) => new()
    {
        Model = answers.Model,
        Version = answers.Version,
        PredictionId = predictionId,
        Label = (uint)label,
        Annotator = Name,
    };

    private sealed record Work(LabelItem Item, AnnotationFate Fate);
}
