using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace AccuracyMonitor.Scoring.Runtime;

/// <summary>Opens ONNX Runtime sessions on the requested execution provider.</summary>
internal static class SessionFactory
{
    private const string CudaProvider = "CUDAExecutionProvider";

    /// <exception cref="InvalidOperationException">CUDA was requested but is not available.</exception>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime rejected the model.</exception>
    public static InferenceSession Open(byte[] onnx, ScorerOptions options, ILogger logger)
    {
        using var settings = new SessionOptions
        {
            IntraOpNumThreads = options.IntraOpThreads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // Spinning is off: a thread that spins between batches takes a core from the deployed model.
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        if (options.Provider != ExecutionProvider.Cpu && CudaFailure(settings) is { } failure)
        {
            if (options.Provider == ExecutionProvider.Cuda)
            {
                throw new InvalidOperationException(
                    $"The execution provider Cuda is asked for, and {failure} Build with -p:Gpu=true on a machine with CUDA, or choose Cpu or Auto.");
            }

            Log.FallsBackToCpu(logger, failure);
        }

        return new InferenceSession(onnx, settings);
    }

    private static string? CudaFailure(SessionOptions settings)
    {
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(CudaProvider, StringComparer.Ordinal))
        {
            return "this build of ONNX Runtime has no CUDA.";
        }

        try
        {
            settings.AppendExecutionProvider_CUDA();
            return null;
        }
        catch (OnnxRuntimeException e)
        {
            return $"it does not start here: {e.Message}";
        }
    }
}
