using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Networks;

/// <summary>Keeps the best weights by held-out loss and says when they have not improved for long enough.</summary>
/// <param name="patience">Epochs without an improvement, 1 or more.</param>
internal sealed class EarlyStopping(int patience)
{
    private int _waited;

    public bool Stopped => _waited >= patience;

    public int BestEpoch { get; private set; }

    public double BestLoss { get; private set; } = double.PositiveInfinity;

    /// <summary>Set by the caller after an improvement.</summary>
    public (MonitorWeights? Weights, float[] MemberLogits) Kept { get; set; }

    /// <returns>Whether it was an improvement.</returns>
    public bool Observe(int epoch, double heldOutLoss)
    {
        if (heldOutLoss < BestLoss)
        {
            (BestLoss, BestEpoch, _waited) = (heldOutLoss, epoch, 0);
            return true;
        }

        _waited++;
        return false;
    }
}
