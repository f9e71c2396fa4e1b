using AccuracyMonitor.Scoring;

namespace AccuracyMonitor.Training.Ternary;

/// <summary>A ternary monitor compared with the monitor it was made from and with rounding alone.</summary>
/// <param name="File">The <c>.tmon</c> file.</param>
/// <param name="Metadata">What is written in it, the gate's numbers included.</param>
/// <param name="Dense">The monitor itself.</param>
/// <param name="Rounded">Rounded by the TWN rule.</param>
/// <param name="Refitted">Rounded, and its scales and biases fitted again.</param>
/// <param name="Ternary">After coordinate descent.</param>
public sealed record TernaryResult(byte[] File, MonitorMetadata Metadata, TernaryForm Dense, TernaryForm Rounded, TernaryForm Refitted, TernaryForm Ternary)
{
    /// <summary>AUROC that may be lost.</summary>
    public const double AurocTolerance = 0.005;

    /// <summary>Accuracy-estimate error that may be added.</summary>
    public const double EstimateTolerance = 0.01;

    /// <summary>Whether it may replace the monitor.</summary>
    public bool Accepted => Refusal is null;

    /// <summary>Why it may not replace the monitor; null: it may.</summary>
    public string? Refusal
    {
        get
        {
            var (lost, added) = (Dense.Test.Auroc - Ternary.Test.Auroc, Ternary.EstimateError - Dense.EstimateError);
            return lost > AurocTolerance ? $"it loses {lost:0.0000} AUROC; at most {AurocTolerance} may be lost"
                : added > EstimateTolerance ? $"its accuracy estimate is off by {added:0.0000} more; at most {EstimateTolerance} may be added"
                : null;
        }
    }
}

/// <param name="Pass">Passes done; 0: rounding and refitting.</param>
/// <param name="Passes">At most.</param>
/// <param name="BatchLoss">Nats.</param>
/// <param name="HeldOutLoss">Nats.</param>
/// <param name="Changed">Weights that the pass changed.</param>
public sealed record TernaryProgress(int Pass, int Passes, double BatchLoss, double HeldOutLoss, int Changed);
