namespace AccuracyMonitor.Training.Quantized;

/// <summary>How a gradient is quantized in the backward pass (Chen, Gai, Yao, Mahoney and Gonzalez 2020, "A statistical framework for
/// low-bitwidth training of deep neural networks", arXiv 2010.14298).</summary>
public enum GradientQuantizer
{
    /// <summary>Full precision.</summary>
    None,

    /// <summary>One scale for the whole matrix (per tensor).</summary>
    Ptq,

    /// <summary>One scale for each row, a sample (per sample).</summary>
    Psq,

    /// <summary>Rows with large gradients are spread over rows with small ones by block Householder transformations, then one scale for each row.</summary>
    Bhq,
}
