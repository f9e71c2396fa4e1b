namespace AccuracyMonitor.Scoring;

/// <summary>Where ONNX Runtime computes.</summary>
public enum ExecutionProvider
{
    Cpu = 1,

    /// <summary>Refused with a clear message where the CUDA build of ONNX Runtime or the device is missing.</summary>
    Cuda = 2,

    /// <summary>CUDA if it is there, else the CPU with one logged line.</summary>
    Auto = 3,
}
