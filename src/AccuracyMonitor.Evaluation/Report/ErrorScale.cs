using AccuracyMonitor.Evaluation.Judging;

namespace AccuracyMonitor.Evaluation.Report;

/// <summary>The scale of the errors: logarithmic where they are more than ten times apart, since the smaller ones would all look like nothing.</summary>
internal sealed class ErrorScale
{
    private const double SpreadOfLogarithm = 10;
    private const double FewDecades = 300;
    private readonly double _from;
    private readonly double _to;

    /// <param name="errors">At least 0, in points. Those of 0 are at the start of either scale.</param>
    public ErrorScale(IEnumerable<double> errors)
    {
        var positive = errors.Where(e => e > 0).DefaultIfEmpty(1).ToArray();
        IsLogarithmic = positive.Max() / positive.Min() > SpreadOfLogarithm;
        var step = Axis.StepOf(positive.Max());
        _to = IsLogarithmic ? positive.Max() * 1.1 : step * Math.Ceiling(positive.Max() / step);
        _from = IsLogarithmic ? positive.Min() / 2 : 0;
        Ticks = IsLogarithmic ? [.. Decades()] : [.. new Axis(0, _to, "", step).Ticks()];
    }

    public bool IsLogarithmic { get; }

    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Where an error lies between the ends, 0–1.</summary>
    public double Place(double error) => IsLogarithmic
        ? Math.Log(Math.Max(error, _from) / _from) / Math.Log(_to / _from)
        : error / _to;

    private IEnumerable<double> Decades()
    {
        for (var decade = Math.Pow(10, Math.Floor(Math.Log10(_from))); decade <= _to; decade *= 10)
        {
            // One or two lines would leave the bars to be guessed.
            foreach (var tick in _to < FewDecades * _from ? new[] { decade, 3 * decade } : [decade])
            {
                if (tick >= _from && tick <= _to)
                {
                    yield return tick;
                }
            }
        }
    }
}
