using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>Takes the answers of a Complete call.</summary>
internal sealed class AnswerCalls(
    MonitorStore store, LabelApplier applier, AnswerMapping mapping, AnnotatorLimit limit, AgreedClock clock, IOptions<LabellingOptions> options)
{
    private const int MaxClassNamesVersion = 64;

    /// <remarks>Not cancelled by a client that goes: an answer once received is kept, and repeating it changes nothing.</remarks>
    public async Task<CompleteResponse> CompleteAsync(CompleteRequest request, ServerCallContext context)
    {
        LabelChecks.Count("answers", request.Answers.Count);
        var outcomes = new ItemOutcome[request.Answers.Count];
        List<(int Index, LabelAnswer Answer)> known = [];
        for (var i = 0; i < outcomes.Length; i++)
        {
            var answer = request.Answers[i];
            Check($"answers[{i}]", answer, context);
            var (read, problem) = mapping.ToAnswer(answer, i);
            if (read is not null)
            {
                var annotator = context.Annotator($"answers[{i}].annotator", answer.Annotator, answer.Model);
                known.Add((i, read with { Annotator = annotator, OfEveryPrediction = request.AllPredictions }));
            }
            else
            {
                outcomes[i] = LabelMapping.ToOutcome(LabelOutcome.Invalid, answer.PredictionId, problem);
            }
        }

        LabelAnswer[] answers = [.. known.Select(static k => k.Answer)];
        var changes = request.ValidateOnly
            ? await store.CheckAsync(answers, options.Value.MaxLabelsApart, context.Actor().Subject, context.CancellationToken)
            : await WriteAsync(answers, request.AllPredictions, context);
        foreach (var ((index, _), change) in known.Zip(changes))
        {
            outcomes[index] = LabelMapping.ToOutcome(change);
        }

        return new CompleteResponse { Outcomes = { outcomes } };
    }

    /// <exception cref="RpcException">INVALID_ARGUMENT: too long.</exception>
    internal static void CheckNames(string place, string className, string version)
    {
        LabelChecks.Length($"{place}.class_name", className, ClassTableReader.MaxNameLength);
        LabelChecks.Length($"{place}.class_names_version", version, MaxClassNamesVersion);
    }

    private async Task<IReadOnlyList<LabelChange>> WriteAsync(LabelAnswer[] answers, bool allPredictions, ServerCallContext context)
    {
        // The truth of a prediction that was not chosen is not held against the annotator's bound: it comes for every prediction.
        var counted = allPredictions
            ? answers.Zip(await store.CheckAsync(answers, options.Value.MaxLabelsApart, context.Actor().Subject, context.CancellationToken))
                .Where(static a => a.Second.Request is not null).Select(static a => a.First.Annotator).ToArray()
            : Array.ConvertAll(answers, static a => a.Annotator);
        limit.Take(counted);
        var by = context.Actor();
        try
        {
            return await applier.WriteAsync(() => store.CompleteAsync(answers, new Origin(by, clock.Time.GetUtcNow()), options.Value.MaxLabelsApart));
        }
        catch (StoreException)
        {
            limit.GiveBack(counted);
            throw;
        }
    }

    private static void Check(string place, Answer answer, ServerCallContext context)
    {
        if (answer.LeaseId.Length == 0 && answer.PredictionId.Length == 0)
        {
            throw RpcErrors.Invalid(place, $"{place} names neither lease_id nor prediction_id.");
        }

        // A lease id is known to nobody but the one who was allowed to lease.
        if (answer.LeaseId.Length == 0)
        {
            context.Require(Roles.Label, answer.Model);
        }

        if (answer.HasLabel == answer.ClassName.Length > 0)
        {
            throw RpcErrors.Invalid(
                $"{place}.label",
                answer.HasLabel ? $"{place} has both label and class_name; only one of them may be given."
                    : $"{place} has no label; send the field also when the class is 0, or class_name.");
        }

        CheckNames(place, answer.ClassName, answer.ClassNamesVersion);
    }
}
