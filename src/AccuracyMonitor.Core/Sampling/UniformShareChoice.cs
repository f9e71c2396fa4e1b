using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// The uniform share of one model version's label budget, chosen again after every <see cref="LabelsPerChoice"/> labels from the newest
/// <see cref="Remembered"/> labels. One thread may read <see cref="UniformShare"/> while others observe labels.
/// </summary>
public sealed class UniformShareChoice
{
    /// <summary>Labels between two choices.</summary>
    public const int LabelsPerChoice = 25;

    /// <summary>Number of labels used for a choice. For most budgets they span a few thousand predictions, so that the choice follows a
    /// change.</summary>
    public const int Remembered = 300;

    private const double BudgetMargin = 0.8;

    private readonly Queue<LabelPoint> _labels = new(Remembered + 1);
    private readonly Lock _gate = new();
    private readonly double _floor;
    private readonly double _usual;
    private double _share;
    private int _since;

    /// <param name="floor">Lower bound on the uncertainty of a prediction.</param>
    /// <param name="usual">Uniform share that is kept unless another one is clearly better.</param>
    public UniformShareChoice(double floor, double usual) => (_floor, _usual, _share) = (floor, usual, usual);

    /// <summary>Smallest inclusion probability as a fraction of its mean while the uniform share is chosen: somewhat below the smallest choice, because the
    /// budget varies.</summary>
    /// <param name="usual">As in the constructor.</param>
    public static double LeastInclusionRatio(double usual) => BudgetMargin * Math.Min(usual, RobustMix.Choices[0]);

    /// <summary>The same while the uniform share stays as it is.</summary>
    public static double FixedInclusionRatio(double share) => BudgetMargin * share;

    public double UniformShare => Volatile.Read(ref _share);

    /// <summary>Adds a label with the score and π of its sampling decision. Corrections of earlier labels are ignored: they are about one
    /// in hundreds.</summary>
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
                Volatile.Write(ref _share, RobustMix.Choose([.. _labels], _floor, _usual));
            }
        }
    }
}
