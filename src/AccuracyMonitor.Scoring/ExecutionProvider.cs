namespace AccuracyMonitor.Scoring;

/// <summary>Execution provider of ONNX Runtime.</summary>
public enum ExecutionProvider
{
    Cpu = 1,

    /// <summary>CUDA; loading fails with a clear message if the CUDA build of ONNX Runtime or the device is missing.</summary>
    Cuda = 2,

    /// <summary>CUDA if available, otherwise the CPU with one log line.</summary>
    Auto = 3,
}
