using System.Runtime.InteropServices;
using AccuracyMonitor.OpenInference;
using Google.Protobuf;
using Grpc.Core;

namespace AccuracyMonitor.Demo.ModelServer;

/// <summary>The Open Inference Protocol over gRPC, with Triton's kind of stream; float32 in typed contents or raw, raw out.</summary>
internal sealed class InferenceGrpcService(ServedModel model) : GRPCInferenceService.GRPCInferenceServiceBase
{
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerLiveResponse { Live = true });

    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerReadyResponse { Ready = true });

    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ModelReadyResponse { Ready = IsServed(request.Name, request.Version) });

    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerMetadataResponse { Name = "accuracy-monitor-demo", Version = "1" });

    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context)
    {
        ThrowIfNotServed(request.Name, request.Version);
        var metadata = new ModelMetadataResponse { Name = model.Name, Versions = { model.Version }, Platform = "onnxruntime_onnx" };
        metadata.Inputs.Add(model.Inputs.Select(Metadata));
        metadata.Outputs.Add(model.Outputs.Select(Metadata));
        return Task.FromResult(metadata);
    }

    public override Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context)
    {
        try
        {
            return Task.FromResult(Infer(request));
        }
        catch (ArgumentException e)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
    }

    public override async Task ModelStreamInfer(
        IAsyncStreamReader<ModelInferRequest> requestStream, IServerStreamWriter<ModelStreamInferResponse> responseStream, ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            ModelStreamInferResponse answer;
            try
            {
                answer = new ModelStreamInferResponse { InferResponse = Infer(request) };
            }
            catch (Exception e) when (e is ArgumentException or RpcException)
            {
                answer = new ModelStreamInferResponse { ErrorMessage = e.Message };
            }

            await responseStream.WriteAsync(answer, context.CancellationToken);
        }
    }

    private static ModelMetadataResponse.Types.TensorMetadata Metadata(TensorInfo tensor) =>
        new() { Name = tensor.Name, Datatype = tensor.Datatype, Shape = { tensor.Shape } };

    private ModelInferResponse Infer(ModelInferRequest request)
    {
        ThrowIfNotServed(request.ModelName, request.ModelVersion);
        var outputs = model.Run(Input(request), [.. request.Outputs.Select(o => o.Name)]);
        var answer = new ModelInferResponse { ModelName = model.Name, ModelVersion = model.Version, Id = request.Id };
        foreach (var output in outputs)
        {
            answer.Outputs.Add(new ModelInferResponse.Types.InferOutputTensor { Name = output.Name, Datatype = "FP32", Shape = { output.Shape } });
            answer.RawOutputContents.Add(ByteString.CopyFrom(MemoryMarshal.AsBytes(output.Values.AsSpan())));
        }

        return answer;
    }

    private static FloatTensor Input(ModelInferRequest request)
    {
        if (request.Inputs is not [{ Datatype: "FP32" } input])
        {
            throw new ArgumentException("inputs must be one of FP32.");
        }

        float[] values = request.RawInputContents is [var raw]
            ? MemoryMarshal.Cast<byte, float>(raw.Span).ToArray()
            : [.. input.Contents?.Fp32Contents ?? []];
        return new FloatTensor(input.Name, [.. input.Shape], values);
    }

    private bool IsServed(string name, string version) =>
        string.Equals(name, model.Name, StringComparison.Ordinal) && (version.Length == 0 || string.Equals(version, model.Version, StringComparison.Ordinal));

    private void ThrowIfNotServed(string name, string version)
    {
        if (!IsServed(name, version))
        {
            throw new RpcException(
                new Status(StatusCode.NotFound, $"model '{name}' version '{version}' is not served; {model.Name} version {model.Version} is."));
        }
    }
}
