using System.Text.Json;
using AccuracyMonitor.Capture;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>Truths that come as events: calls of Complete with all_predictions, with the same checks.</summary>
internal sealed class TruthCalls(AnswerCalls answers, ErrorInterceptor errors) : ITruthFeed
{
    private const string Method = "/accuracy_monitor.v1.LabelService/Complete";
    private const string Tool = "cloudevents";

    public async Task<TruthAnswer> ApplyAsync(HttpContext http, IReadOnlyList<ReportedTruth> truths)
    {
        var context = new HttpCallContext(http, Method);
        List<TruthOutcome> outcomes = new(truths.Count);
        try
        {
            // Before the first is written: the last may be of a model that is not the caller's.
            foreach (var model in truths.Select(static t => t.Model).Distinct(StringComparer.Ordinal))
            {
                context.Require(Roles.Label, model);
            }

            foreach (var chunk in truths.Chunk(LabelChecks.MaxItems))
            {
                var request = new CompleteRequest { AllPredictions = true, Answers = { chunk.Select(ToAnswer) } };
                var response = await errors.UnaryServerHandler(request, context, answers.CompleteAsync);
                outcomes.AddRange(response.Outcomes.Select(ToOutcome));
            }
        }
        catch (RpcException e)
        {
            return new TruthAnswer(HttpStatuses.Of(e.StatusCode), e.Status.Detail, outcomes);
        }

        return new TruthAnswer(StatusCodes.Status200OK, "", outcomes);
    }

    private static Answer ToAnswer(ReportedTruth truth)
    {
        var answer = new Answer
        {
            Model = truth.Model,
            Version = truth.Version,
            PredictionId = truth.PredictionId,
            ClassName = truth.ClassName,
            Annotator = truth.Source,
            AnsweredAt = truth.Known?.ToTimestamp(),
            Tool = Tool,
        };
        if (truth.ClassNumber is { } number)
        {
            answer.Label = number;
        }

        return answer;
    }

    private static TruthOutcome ToOutcome(ItemOutcome outcome) => new(
        JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.Code.ToString()),
        outcome.Code is OutcomeCode.Ok or OutcomeCode.Unchanged or OutcomeCode.Replaced or OutcomeCode.KeptApart,
        outcome.Reason);
}
