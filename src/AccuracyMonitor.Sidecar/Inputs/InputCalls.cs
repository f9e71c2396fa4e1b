using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Storage.Inputs;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Microsoft.Net.Http.Headers;

namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>The calls of LabelService about inputs.</summary>
internal sealed class InputCalls(InputStore inputs)
{
    public async Task<AttachInputResponse> AttachAsync(AttachInputRequest request)
    {
        Named("model", request.Model);
        Named("version", request.Version);
        Named("prediction_id", request.PredictionId);
        if (request.ContentType.Length is 0 or > StoredInput.MaxContentType || !MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            throw RpcErrors.Invalid("content_type", $"content_type must be a media type of at most {StoredInput.MaxContentType} characters, such as image/png.");
        }

        if (request.Content.Length > inputs.MaxBytes)
        {
            inputs.Missing(InputMetrics.TooLarge);
            throw RpcErrors.Invalid(
                "content", $"content has {request.Content.Length} bytes; at most {inputs.MaxBytes} are taken (Labelling:Inputs:MaxBytes).", "INPUT_TOO_LARGE");
        }

        if (request.Content.IsEmpty)
        {
            throw RpcErrors.Invalid("content", "content is empty; it must have 1 byte or more.");
        }

        var input = new StoredInput(type.ToString(), request.Content.Memory);
        return await inputs.AttachAsync(new ModelKey(request.Model, request.Version), request.PredictionId, input) switch
        {
            AttachOutcome.Full => throw RpcErrors.Exhausted(
                "INPUTS_FULL", "No room is left for inputs (Labelling:Inputs:MaxTotalBytes). Label or skip requests, or raise it with Storage:MaxBytes."),
            AttachOutcome.Attached => Response(request, OutcomeCode.Ok),
            AttachOutcome.Unchanged => Response(request, OutcomeCode.Unchanged),
            AttachOutcome.Replaced => Response(request, OutcomeCode.Replaced),
            AttachOutcome.Answered => Response(
                request, OutcomeCode.AlreadyAnswered, $"prediction '{request.PredictionId}' has its label; its input is not replaced"),
            _ => Response(
                request, OutcomeCode.NotFound,
                $"no label was requested for prediction '{request.PredictionId}' of {request.Model}:{request.Version}, or it is pruned"),
        };
    }

    public async Task<GetInputResponse> GetAsync(GetInputRequest request, CancellationToken cancel)
    {
        Named("model", request.Model);
        Named("version", request.Version);
        Named("prediction_id", request.PredictionId);
        return await inputs.FindAsync(new ModelKey(request.Model, request.Version), request.PredictionId, cancel) is { } input
            ? new GetInputResponse { ContentType = input.ContentType, Content = UnsafeByteOperations.UnsafeWrap(input.Content) }
            : throw RpcErrors.NotFound("NO_INPUT", $"No input is kept for prediction '{request.PredictionId}' of {request.Model}:{request.Version}.");
    }

    private static AttachInputResponse Response(AttachInputRequest request, OutcomeCode code, string reason = "") =>
        new() { Outcome = new ItemOutcome { PredictionId = request.PredictionId, Code = code, Reason = reason } };

    private static void Named(string field, string value)
    {
        if (value.Length == 0)
        {
            throw RpcErrors.Invalid(field, $"{field} is empty; it must be named.");
        }
    }
}
