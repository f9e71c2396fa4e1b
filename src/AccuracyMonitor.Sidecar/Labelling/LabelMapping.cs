using System.Runtime.InteropServices;
using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>The queue's words on the wire.</summary>
internal static class LabelMapping
{
    public const int MaxTool = 100;

    public static LabelItem ToItem(LeasedRequest leased)
    {
        var request = leased.Request;
        return new LabelItem
        {
            PredictionId = request.PredictionId,
            Model = request.Series.Model,
            Version = request.Series.Version,
            Segment = request.Series.Segment,
            PredictionTime = request.PredictionTime.ToTimestamp(),
            PredictedClass = (uint)request.PredictedClass,
            Probabilities = ToBytes(request.Probabilities),
            CorrectnessScore = (float)request.Score,
            Disagreement = (float)request.Disagreement,
            InclusionProbability = request.InclusionProbability,
            Policy = (SamplingPolicy)request.Policy,
            MonitorVersion = request.MonitorVersion,
            LeaseId = leased.LeaseId,
            Attempt = (uint)leased.Attempt,
            LeaseExpires = leased.LeaseExpires.ToTimestamp(),
            Created = request.CreatedAt.ToTimestamp(),
            Expires = request.ExpiresAt.ToTimestamp(),
            InputReference = request.InputReference,
            Input = leased.Input is { } input
                ? new InputInfo { ContentType = input.ContentType, Bytes = (ulong)input.Bytes, Attached = input.AttachedAt.ToTimestamp() }
                : null,
            Opinion = (uint)leased.Opinion,
        };
    }

    /// <summary>The answer at <paramref name="index"/> of a call; without its annotator.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: a field is out of its bounds.</exception>
    public static LabelAnswer ToAnswer(Answer answer, int index)
    {
        if (answer.Tool.Length > MaxTool)
        {
            throw RpcErrors.Invalid($"answers[{index}].tool", $"answers[{index}].tool has {answer.Tool.Length} characters; it may have at most {MaxTool}.");
        }

        return new LabelAnswer
        {
            LeaseId = answer.LeaseId.Length == 0 ? null : answer.LeaseId,
            Key = new ModelKey(answer.Model, answer.Version),
            PredictionId = answer.PredictionId.Length == 0 ? null : answer.PredictionId,
            Label = answer.Label,
            AsOpinion = answer.AsOpinion,
            Conditions = new AnswerConditions
            {
                ShownAt = answer.ShownAt is { } shown ? WireTimes.ToTime($"answers[{index}].shown_at", shown) : null,
                AnsweredAt = answer.AnsweredAt is { } answered ? WireTimes.ToTime($"answers[{index}].answered_at", answered) : null,
                Revealed = answer.HasRevealed ? answer.Revealed : null,
                Tool = answer.Tool,
            },
        };
    }

    public static ItemOutcome ToOutcome(LabelOutcome outcome, string predictionId, string reason) =>
        new() { Code = (OutcomeCode)outcome, PredictionId = predictionId, Reason = reason };

    public static ItemOutcome ToOutcome(LabelChange change) => ToOutcome(change.Outcome, change.Request?.PredictionId ?? "", change.Reason);

    public static QueueState ToState(QueueCounts counts) => new()
    {
        Waiting = (uint)Math.Min(counts.Waiting, uint.MaxValue),
        Leased = (uint)Math.Min(counts.Leased, uint.MaxValue),
        Answered = (ulong)counts.Answered,
        Skipped = (ulong)counts.Skipped,
        Expired = (ulong)counts.Expired,
        OldestWaiting = counts.OldestWaiting?.ToTimestamp(),
        OpinionsWanted = (ulong)counts.OpinionsWanted,
        KeptApart = (ulong)counts.KeptApart,
    };

    public static GetClassesResponse ToClasses(ClassTable table, string guidelines) => new()
    {
        Classes = { table.Classes.Select(static c => new ClassInfo { Name = c.Name, Aliases = { c.Aliases }, Colour = c.Colour, Group = c.Group }) },
        Version = table.Version,
        Guidelines = guidelines,
    };

    public static ByteString ToBytes(float[] values)
    {
        var bytes = MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        if (!BitConverter.IsLittleEndian)
        {
            var words = MemoryMarshal.Cast<byte, int>(bytes.AsSpan());
            System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(words, words);
        }

        return UnsafeByteOperations.UnsafeWrap(bytes);
    }
}
