using AccuracyMonitor.Core;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.V1;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>Takes the true classes of gold items.</summary>
internal sealed class GoldCalls(MonitorStore store, AnswerMapping mapping, AgreedClock clock)
{
    public async Task<SetGoldResponse> SetAsync(SetGoldRequest request, ServerCallContext context)
    {
        LabelChecks.Count("items", request.Items.Count);
        var outcomes = new ItemOutcome[request.Items.Count];
        List<(int Index, GoldClass Item)> known = [];
        for (var i = 0; i < outcomes.Length; i++)
        {
            var item = request.Items[i];
            Check($"items[{i}]", item, request.Remove, context);
            var (read, problem) = Read(item, request.Remove, i);
            if (read is not null)
            {
                known.Add((i, read));
            }
            else
            {
                outcomes[i] = LabelMapping.ToOutcome(LabelOutcome.Invalid, item.PredictionId, problem);
            }
        }

        if (known.Count > 0)
        {
            GoldClass[] items = [.. known.Select(k => k.Item)];
            var results = request.ValidateOnly
                ? await store.Annotators.CheckGoldAsync(items, context.Actor().Subject, context.CancellationToken)
                : await store.Annotators.SetGoldAsync(items, new Origin(context.Actor(), clock.Time.GetUtcNow()), CancellationToken.None);
            foreach (var ((index, item), result) in known.Zip(results))
            {
                outcomes[index] = LabelMapping.ToOutcome(result.Outcome, result.Request?.PredictionId ?? item.PredictionId, result.Reason);
            }
        }

        return new SetGoldResponse { Outcomes = { outcomes } };
    }

    private static void Check(string place, GoldItem item, bool remove, ServerCallContext context)
    {
        LabelChecks.Named($"{place}.model", item.Model);
        LabelChecks.Named($"{place}.version", item.Version);
        LabelChecks.Named($"{place}.prediction_id", item.PredictionId);
        context.Require(Roles.Administer, item.Model);
        var classes = (item.HasLabel ? 1 : 0) + (item.ClassName.Length > 0 ? 1 : 0);
        if (classes != (remove ? 0 : 1))
        {
            throw RpcErrors.Invalid(
                $"{place}.label",
                remove ? $"{place} has a label or a class_name; to remove an item, leave both out."
                    : classes == 0 ? $"{place} has no label; send the field also when the class is 0, or class_name."
                    : $"{place} has both label and class_name; only one of them may be given.");
        }

        AnswerCalls.CheckNames(place, item.ClassName, item.ClassNamesVersion);
    }

    private (GoldClass? Item, string Problem) Read(GoldItem item, bool remove, int index)
    {
        var gold = new GoldClass { Key = new ModelKey(item.Model, item.Version), PredictionId = item.PredictionId, Class = null };
        if (remove)
        {
            return (gold, "");
        }

        var answer = new Answer
        {
            Model = item.Model,
            Version = item.Version,
            PredictionId = item.PredictionId,
            ClassName = item.ClassName,
            ClassNamesVersion = item.ClassNamesVersion,
        };
        if (item.HasLabel)
        {
            answer.Label = item.Label;
        }

        var (read, problem) = mapping.ToAnswer(answer, index);
        return (read is null ? null : gold with { Class = read.Label, ClassNamesVersion = read.Conditions.ClassNamesVersion }, problem);
    }
}
