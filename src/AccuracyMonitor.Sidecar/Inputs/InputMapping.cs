using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Storage.Inputs;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Microsoft.Net.Http.Headers;

namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>Inputs between the wire and the store.</summary>
internal static class InputMapping
{
    /// <exception cref="Grpc.Core.RpcException">A field is out of its bounds, but for the length of the content.</exception>
    public static (ModelKey Key, StoredInput Input) Read(AttachInputRequest request)
    {
        var key = KeyOf(request.Model, request.Version, request.PredictionId);
        if (request.ContentType.Length is 0 or > StoredInput.MaxContentType || !MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            throw RpcErrors.Invalid(
                "content_type", $"content_type must be a media type of at most {StoredInput.MaxContentType} characters, such as image/png.");
        }

        return request.Content.IsEmpty
            ? throw RpcErrors.Invalid("content", "content is empty; it must have 1 byte or more.")
            : (key, new StoredInput(type.ToString(), request.Content.Memory));
    }

    public static AttachInputResponse ToResponse(AttachInputRequest request, AttachOutcome outcome, int maxBytes) => outcome switch
    {
        AttachOutcome.Attached => Response(request, OutcomeCode.Ok),
        AttachOutcome.Unchanged => Response(request, OutcomeCode.Unchanged),
        AttachOutcome.Replaced => Response(request, OutcomeCode.Replaced),
        AttachOutcome.Answered => Response(
            request, OutcomeCode.AlreadyAnswered, $"prediction '{request.PredictionId}' has its label; its input is not replaced"),
        AttachOutcome.TooLarge => throw RpcErrors.Invalid(
            "content", $"content has {request.Content.Length} bytes; at most {maxBytes} are taken (Labelling:Inputs:MaxBytes).", "INPUT_TOO_LARGE"),
        AttachOutcome.Full => throw RpcErrors.Exhausted(
            "INPUTS_FULL", "No room is left for inputs (Labelling:Inputs:MaxTotalBytes). Label or skip requests, or raise it with Storage:MaxBytes."),
        AttachOutcome.Ambiguous => Response(
            request, OutcomeCode.Invalid,
            $"several callers have reported a prediction '{request.PredictionId}' of {request.Model}:{request.Version}; name its caller: CALLER␟ID"),
        _ => Response(
            request, OutcomeCode.NotFound,
            $"no label was requested for prediction '{request.PredictionId}' of {request.Model}:{request.Version}, or it is pruned"),
    };

    public static ModelKey Read(GetInputRequest request) => KeyOf(request.Model, request.Version, request.PredictionId);

    public static GetInputResponse ToResponse(GetInputRequest request, StoredInput? input) => input is null
        ? throw RpcErrors.NotFound("NO_INPUT", $"No input is kept for prediction '{request.PredictionId}' of {request.Model}:{request.Version}.")
        : new GetInputResponse { ContentType = input.ContentType, Content = UnsafeByteOperations.UnsafeWrap(input.Content) };

    private static ModelKey KeyOf(string model, string version, string predictionId)
    {
        foreach (var (field, value) in ((string, string)[])[("model", model), ("version", version), ("prediction_id", predictionId)])
        {
            if (value.Length == 0)
            {
                throw RpcErrors.Invalid(field, $"{field} is empty; it must be named.");
            }
        }

        return new ModelKey(model, version);
    }

    private static AttachInputResponse Response(AttachInputRequest request, OutcomeCode code, string reason = "") =>
        new() { Outcome = new ItemOutcome { PredictionId = request.PredictionId, Code = code, Reason = reason } };
}
