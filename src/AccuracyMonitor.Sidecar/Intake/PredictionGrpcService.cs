using System.Threading.Channels;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Scoring;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Intake;

internal sealed class PredictionGrpcService(
    IntakeService intake, SufficientEncoding encoding, IOptions<IntakeOptions> options, IOptions<MemoryOptions> memory, MessageBudget messages,
    AccuracyMonitorMetrics metrics, TimeProvider time, IHostApplicationLifetime lifetime)
    : PredictionService.PredictionServiceBase
{
    public override async Task<ScoreResponse> Score(ScoreRequest request, ServerCallContext context)
    {
        context.Require(Roles.Observe, request.Batch?.Model ?? "");
        var parsed = Submit(request.Batch, context);
        if (parsed.Refusal is { } refusal)
        {
            throw Exception(refusal);
        }

        var batch = parsed.Batch!;
        try
        {
            await batch.Done.Task.WaitAsync(context.CancellationToken);
        }
        catch (ScoringFailedException e)
        {
            throw Exception(InternalErrors.Scoring(e.Id));
        }

        var response = new ScoreResponse { MonitorVersion = batch.MonitorVersion, MonitorValid = batch.MonitorValid };
        (response.Accepted, response.Rejected) = ResponseMapping.Write(parsed, brief: false, response.Items);
        (response.SufficientEncoding, response.SufficientTop) = BatchMapping.ToWire(encoding.Of(batch.Model));
        batch.Release();
        return response;
    }

    /// <summary>
    /// Reads ahead of the answers by a bounded number of batches: beyond it HTTP/2 flow control slows the sender, so a slow reader costs us
    /// no memory.
    /// </summary>
    public override async Task Observe(
        IAsyncStreamReader<ObserveRequest> requestStream, IServerStreamWriter<ObserveResponse> responseStream, ServerCallContext context)
    {
        var cancel = context.CancellationToken;
        var inWork = Channel.CreateBounded<InWork>(new BoundedChannelOptions(options.Value.MaxStreamInFlight) { SingleReader = true, SingleWriter = true });
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancel, lifetime.ApplicationStopping);
        using var call = new CallBudget(context.GetHttpContext(), messages);
        metrics.StreamOpened();
        var answering = AnswerAllAsync(inWork.Reader, responseStream, call, reading, cancel);
        try
        {
            await foreach (var request in requestStream.ReadAllAsync(reading.Token))
            {
                // The scored rows' arrays are ours; the message's bytes are not needed once parsed.
                var next = Submit(request, call, context);
                request.Batch = null;
                call.MessageDone();
                if (!await WriteUnlessDoneAsync(inWork.Writer, next, answering, cancel))
                {
                    break;
                }
            }

            inWork.Writer.TryComplete();
            await answering;
        }
        catch (OperationCanceledException) when (reading.IsCancellationRequested)
        {
            // The client has gone, its deadline has passed, it reads no answers, or we are stopping: what it sent is scored and counted all the
            // same, and, while it is still there, answered.
        }
        catch (IOException e) when (e is not InvalidProtocolBufferException)
        {
            // As above, seen from the transport: a reset stream may be read before the token is cancelled.
        }
        finally
        {
            inWork.Writer.TryComplete();
            await answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            metrics.StreamClosed();
        }

        if (answering.Exception?.InnerException is RpcException refused)
        {
            throw refused;
        }
    }

    private InWork Submit(ObserveRequest request, CallBudget call, ServerCallContext context)
    {
        if (context.WhyForbidden(Roles.Observe, request.Batch?.Model ?? "") is { } forbidden)
        {
            return new InWork(request, ParsedBatch.Refused(
                new BatchRefusal("batch.model", RpcErrors.ForbiddenReason, forbidden, RefusalKind.Forbidden)), 0);
        }

        var bytes = AnswerBytes(request.Batch);
        return call.TryTake(bytes) is { } reason
            ? new InWork(request, ParsedBatch.Refused(new BatchRefusal("batch", "READ_BUDGET", reason, RefusalKind.Overload)), 0)
            : new InWork(request, Submit(request.Batch, context), bytes);
    }

    private ParsedBatch Submit(PredictionBatch? batch, ServerCallContext context) => BatchMapping.Read(batch, out var reported) is { } refusal
        ? intake.Refuse(refusal, batch?.Ids.Count ?? 1)
        : intake.Submit(reported with { Caller = Caller.Of(context.GetHttpContext()) });

    /// <summary>An upper bound of what is held of a batch until its answer has been read: ids, input references, times, scores and outcomes.</summary>
    private long AnswerBytes(PredictionBatch? batch)
    {
        const int Row = 96;
        const int String = 24;
        var bytes = (long)Row * Math.Min(options.Value.MaxBatchRows, (batch?.Values.Length ?? 0) / sizeof(float));
        foreach (var text in (batch?.Ids ?? []).Concat(batch?.InputReferences ?? []))
        {
            bytes += String + (sizeof(char) * (long)text.Length);
        }

        return bytes;
    }

    private static async ValueTask<bool> WriteUnlessDoneAsync(ChannelWriter<InWork> writer, InWork item, Task answering, CancellationToken cancel)
    {
        while (!writer.TryWrite(item))
        {
            var room = writer.WaitToWriteAsync(cancel).AsTask();
            if (await Task.WhenAny(room, answering) == answering || !await room)
            {
                return false;
            }
        }

        return true;
    }

    private async Task AnswerAllAsync(
        ChannelReader<InWork> inWork, IServerStreamWriter<ObserveResponse> responses, CallBudget call, CancellationTokenSource reading,
        CancellationToken cancel)
    {
        await foreach (var one in inWork.ReadAllAsync(cancel))
        {
            var answer = await AnswerAsync(one.Request, one.Parsed, cancel);
            try
            {
                await responses.WriteAsync(answer, cancel).WaitAsync(memory.Value.AnswerTimeout, time, cancel);
            }
            catch (TimeoutException)
            {
                metrics.Refused(RefusalReasons.AnswersUnread);
                await reading.CancelAsync();
                throw RpcErrors.Exhausted(
                    "ANSWERS_UNREAD", $"No answer was read for {memory.Value.AnswerTimeout.TotalSeconds:0.###} s (Memory:AnswerTimeout).");
            }

            call.Return(one.Bytes);
        }
    }

    private async Task<ObserveResponse> AnswerAsync(ObserveRequest request, ParsedBatch parsed, CancellationToken cancel)
    {
        if (parsed.Refusal is { } refusal)
        {
            return Refused(request, refusal);
        }

        try
        {
            return await AcceptedAsync(request, parsed, cancel);
        }
        catch (ScoringFailedException e)
        {
            return Refused(request, InternalErrors.Scoring(e.Id));
        }
#pragma warning disable CA1031 // One batch that meets a defect of ours is reported, and the stream goes on.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return Refused(request, intake.Unexpected(e));
        }
    }

    private async Task<ObserveResponse> AcceptedAsync(ObserveRequest request, ParsedBatch parsed, CancellationToken cancel)
    {
        var batch = parsed.Batch!;
        await batch.Done.Task.WaitAsync(cancel);
        var response = new ObserveResponse { Sequence = request.Sequence };
        response.MonitorVersion = batch.MonitorVersion;
        response.MonitorValid = batch.MonitorValid;
        (response.Accepted, response.Rejected) = ResponseMapping.Write(parsed, request.Brief, response.Items);
        (response.SufficientEncoding, response.SufficientTop) = BatchMapping.ToWire(encoding.Of(batch.Model));
        batch.Release();
        return response;
    }

    private static RpcException Exception(BatchRefusal refusal) => refusal.Kind switch
    {
        RefusalKind.Overload => RpcErrors.Exhausted(refusal.Reason, refusal.Message),
        RefusalKind.Forbidden => RpcErrors.Forbidden(refusal.Message, refusal.Reason),
        RefusalKind.Internal => RpcErrors.Internal(refusal.Reason, refusal.Message, refusal.ErrorId),
        _ => RpcErrors.Invalid(refusal.Field, refusal.Message, refusal.Reason),
    };

    private static Google.Rpc.Code CodeOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Overload => Google.Rpc.Code.ResourceExhausted,
        RefusalKind.Forbidden => Google.Rpc.Code.PermissionDenied,
        RefusalKind.Internal => Google.Rpc.Code.Internal,
        _ => Google.Rpc.Code.InvalidArgument,
    };

    private static ObserveResponse Refused(ObserveRequest request, BatchRefusal refusal) => new()
    {
        Sequence = request.Sequence,
        Error = new BatchError
        {
            Code = (int)CodeOf(refusal.Kind),
            Message = refusal.Message,
            Field = refusal.Field,
            Reason = refusal.Reason,
        },
    };

    /// <param name="Request">Without its batch.</param>
    /// <param name="Parsed">Refused, or on its way.</param>
    /// <param name="Bytes">Charged until it is answered.</param>
    private readonly record struct InWork(ObserveRequest Request, ParsedBatch Parsed, long Bytes);
}
