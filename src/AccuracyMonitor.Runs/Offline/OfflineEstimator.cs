using System.Globalization;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Runs.Offline;

/// <summary>Turns predictions with whatever labels there are into accuracy. Rows come one after another; only labelled ones are kept.</summary>
/// <param name="hasInclusion">Whether the labels come with inclusion probabilities.</param>
/// <param name="declaredRandom">Whether the user says that each row had the same chance of a label. Inclusion probabilities go before it.</param>
internal sealed class OfflineEstimator(bool hasInclusion, bool declaredRandom)
{
    /// <summary>Difference of mean confidences, as a share, from which labelled rows are said to be unlike the others.</summary>
    private const double Unlike = 0.03;

    /// <summary>Standard errors between the weights and the number of rows from which the drawn rows are said to be of another file.</summary>
    private const double FarOff = 5;

    private readonly LabelledSums _sums = new();
    private long _rows;
    private long _labelled;
    private long _correct;
    private long _drawn;
    private long _withoutInclusion;
    private double _confidence;
    private double _labelledConfidence;
    private double _weight;
    private double _excess;

    private bool IsWeighted => hasInclusion || declaredRandom;

    public void Take(ScoredRow row)
    {
        _rows++;
        _confidence += row.Confidence;
        if (IsWeighted)
        {
            _sums.Add(row);
        }

        if (row.InclusionProbability is { } pi)
        {
            _drawn++;
            _weight += 1 / pi;
            _excess += ((1 / pi) - 1) / pi;
        }

        if (row.Label is null)
        {
            return;
        }

        _labelled++;
        _correct += row.Label == row.Predicted ? 1 : 0;
        _labelledConfidence += row.Confidence;
        if (IsWeighted && (row.InclusionProbability is not null || !hasInclusion))
        {
            _sums.AddLabel(row, hasInclusion ? row.InclusionProbability!.Value : 1);
        }
        else if (hasInclusion)
        {
            _withoutInclusion++;
        }
    }

    /// <param name="scorer">That scored the rows.</param>
    /// <param name="level">Of the interval, [0.5, 1).</param>
    /// <exception cref="TraceFileException">There are no labels, or too few for an estimate.</exception>
    public OfflineEstimate Finish(RowScorer scorer, double level)
    {
        if (_labelled == 0)
        {
            throw new TraceFileException("No prediction has a label, so there is nothing to estimate from. 'select' draws rows worth labelling.");
        }

        var alpha = 1 - level;
        if (_labelled == _rows)
        {
            return Share(EstimateBasis.AllLabelled, "count", alpha);
        }

        if (!hasInclusion)
        {
            return !declaredRandom ? Share(EstimateBasis.Convenience, "wilson", alpha)
                : _labelled < new EstimatorOptions().MinLabels ? Share(EstimateBasis.DeclaredRandom, "wilson", alpha)
                : Audited(EstimateBasis.DeclaredRandom, _labelled, scorer, alpha);
        }

        return Audited(EstimateBasis.Drawn, _drawn, scorer, alpha);
    }

    private OfflineEstimate Share(EstimateBasis basis, string method, double alpha)
    {
        var interval = BinomialInterval.Wilson(_correct, _labelled, alpha);
        return Result(basis, method, interval, alpha);
    }

    private OfflineEstimate Audited(EstimateBasis basis, long requested, RowScorer scorer, double alpha)
    {
        var (audited, labelled) = _sums.Estimate(requested, scorer, alpha);
        if (audited.State != EstimateState.Ok)
        {
            throw new TraceFileException(string.Create(
                CultureInfo.InvariantCulture,
                $"{_sums.Labels:N0} of the {requested:N0} drawn rows have a label; an estimate needs at least {new EstimatorOptions().MinLabels}. Label more "
                    + $"of them, from the top of the sheet."));
        }

        return Result(basis, "audited", new Interval(audited.Value, audited.Lower, audited.Upper), alpha) with
        {
            Labels = _sums.Labels,
            Correct = _sums.Correct,
            EffectiveLabels = audited.EffectiveSamples,
            LabelsAlone = new LabelsAlone(labelled.Value, labelled.Lower, labelled.Upper),
        };
    }

    private OfflineEstimate Result(EstimateBasis basis, string method, Interval interval, double alpha) => new()
    {
        Basis = basis,
        Method = method,
        Value = interval.Value,
        Lower = interval.Lower,
        Upper = interval.Upper,
        Level = 1 - alpha,
        Rows = _rows,
        Labels = _labelled,
        Correct = _correct,
        Drawn = basis == EstimateBasis.Drawn ? _drawn : null,
        MeanConfidence = _confidence / _rows,
        LabelledMeanConfidence = _labelledConfidence / _labelled,
        Warnings = [.. Warnings(basis)],
    };

    private IEnumerable<string> Warnings(EstimateBasis basis)
    {
        if (basis == EstimateBasis.Convenience)
        {
            yield return "nothing says how these rows came to be labelled. Rows that somebody happened to label are often easier or harder than the others, "
                + "and then this number is wrong by an unknown amount. If every row had the same chance: --labels-are random. "
                + "Otherwise draw rows with 'select'.";
        }

        if (basis is EstimateBasis.Convenience or EstimateBasis.DeclaredRandom
            && Math.Abs((_confidence / _rows) - (_labelledConfidence / _labelled)) is var gap && gap > Unlike + (1 / Math.Sqrt(_labelled)))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"the labelled rows are unlike the others: the model's mean confidence is {100 * _labelledConfidence / _labelled:0.0} % on them and "
                    + $"{100 * _confidence / _rows:0.0} % on all rows.");
        }

        if (hasInclusion && declaredRandom)
        {
            yield return $"--labels-are random is not used: the labels have '{LabelSource.InclusionColumn}', which says more.";
        }

        if (basis == EstimateBasis.Drawn && _withoutInclusion > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{_withoutInclusion:N0} labels have no '{LabelSource.InclusionColumn}': those rows were not drawn and do not count.");
        }

        if (basis == EstimateBasis.Drawn && _drawn > _sums.Labels)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{_drawn - _sums.Labels:N0} of the {_drawn:N0} drawn rows have no label. The estimate takes them to be like the others: right if labelling "
                    + $"stopped early, wrong if the difficult ones were skipped.");
        }

        if (basis == EstimateBasis.Drawn && Math.Abs(_weight - _rows) > FarOff * Math.Sqrt(_excess) + 1)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"the drawn rows stand for {_weight:N0} predictions, and there are {_rows:N0}: they were drawn from another file, or rows of the sheet are "
                    + $"missing. Rows may be missing only if nobody looked at what they hold.");
        }
    }
}
