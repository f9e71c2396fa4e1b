using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// The share of one model version's label budget that is spent uniformly, chosen anew after every <see cref="LabelsPerChoice"/> labels from the
/// newest <see cref="Remembered"/>. One thread may read <see cref="Tau"/> while others observe labels.
/// </summary>
public sealed class TauChoice
{
    /// <summary>Labels between two choices.</summary>
    public const int LabelsPerChoice = 25;

    /// <summary>Labels that a choice looks at. At most budgets they span some thousands of predictions, so that a choice follows a change.</summary>
    public const int Remembered = 300;

    private readonly Queue<LabelPoint> _labels = new(Remembered + 1);
    private readonly Lock _gate = new();
    private readonly double _floor;
    private readonly double _usual;
    private double _tau;
    private int _since;

    /// <param name="floor">Least uncertainty a prediction counts with.</param>
    /// <param name="usual">τ where nothing speaks for another.</param>
    public TauChoice(double floor, double usual) => (_floor, _usual, _tau) = (floor, usual, usual);

    public double Tau => Volatile.Read(ref _tau);

    /// <summary>A label as it was decided: with the score and π of that moment. Corrections of earlier labels are not looked at: one in hundreds.</summary>
    public void Observe(in LabelPoint label)
    {
        lock (_gate)
        {
            _labels.Enqueue(label);
            if (_labels.Count > Remembered)
            {
                _labels.Dequeue();
            }

            if (++_since == LabelsPerChoice)
            {
                _since = 0;
                Volatile.Write(ref _tau, RobustMix.Choose([.. _labels], _floor, _usual));
            }
        }
    }
}
