using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Runs.Offline;

/// <summary>
/// Reads predictions one after another and scores them. Nothing of a row is kept but 8 bytes of its id, by which a row that repeats an id is left out:
/// a label could not say which of the two it means.
/// </summary>
/// <param name="input">The predictions.</param>
/// <param name="scorer">Of the same number of classes, or of any.</param>
internal sealed class ScoredRows(OfflineInput input, RowScorer scorer)
{
    private const int BatchRows = 256;
    private readonly RowIds _ids = new();
    private readonly HashSet<ulong> _seen = [];
    private readonly HashSet<(string?, string?)> _models = [];
    private readonly List<TraceEntry> _batch = new(BatchRows);
    private readonly List<string> _batchIds = new(BatchRows);
    private readonly long[] _offsets = new long[3];
    private long _labelled;
    private long _duplicates;

    /// <summary>Known after <see cref="Read"/>.</summary>
    public TraceUnderstanding Understood { get; private set; } = null!;

    public ClassScheme Classes => Understood.Classes!;

    /// <summary>Whether the labels come with inclusion probabilities. Known when the first row is given.</summary>
    public bool HasInclusion { get; private set; }

    /// <summary>Rows that were given.</summary>
    public long Rows { get; private set; }

    /// <summary>What a reader of the result should know about the rows.</summary>
    public IEnumerable<string> Warnings()
    {
        if (_duplicates > 0)
        {
            yield return $"{_duplicates:N0} rows repeat the id of an earlier row and are left out.";
        }

        if (_ids.AnyByPlace && input.Reading.Labels is not { IsTrace: true })
        {
            yield return $"{input.Path} has rows without an id: their place is the id, as in 'line-2'. It holds only while the file does not change.";
        }

        if (_models.Count > 1)
        {
            yield return $"{input.Path} holds predictions of {_models.Count} models or versions: what follows is about all of them together.";
        }
    }

    /// <param name="take">Given each row in the order of the file.</param>
    /// <exception cref="TraceFileException">A defect of the file, no row, or another number of classes than the monitor's.</exception>
    public void Read(Action<ScoredRow> take)
    {
        if (TraceFormats.Of(input.Path) == TraceFormat.Npz)
        {
            throw new TraceFileException(
                $"{input.Path}: an .npz has no ids to join labels by; save the outputs as Parquet, CSV or JSON Lines with a column 'id'.");
        }

        var reader = new EntryReader(input.Path, input.Reading, needsLabel: false, mostElements: long.MaxValue);
        HasInclusion = reader.HasInclusion;
        TraceFile.Guard(input.Path, () =>
        {
            reader.Read(entry =>
            {
                var id = _ids.Of(entry.Id, entry.Path, entry.Unit, entry.Number);
                if (entry.Probabilities is null)
                {
                    return;
                }

                if (!_seen.Add(StableHash.Of(id)))
                {
                    _duplicates++;
                    return;
                }

                _ = _models.Count > 1 || _models.Add((entry.Model, entry.Version));
                _batch.Add(entry);
                _batchIds.Add(id);
                if (_batch.Count == BatchRows)
                {
                    Flush(take);
                }
            });
            return true;
        });
        Flush(take);
        Understood = reader.Understood with { Labelled = reader.Understood.Joined?.Joined, Accuracy = Accuracy() };
        if (Rows == 0)
        {
            throw new TraceFileException($"{input.Path}: has no prediction; expected at least 1.");
        }
    }

    /// <summary>As the labels are, and if they counted one lower or higher: for the warning that they do not fit the outputs.</summary>
    private (double, double, double)? Accuracy() => _labelled == 0 ? null
        : ((double)_offsets[1] / _labelled, (double)_offsets[0] / _labelled, (double)_offsets[2] / _labelled);

    private void Count(int predicted, int label)
    {
        _labelled++;
        if (predicted - label is >= -1 and <= 1)
        {
            _offsets[predicted - label + 1]++;
        }
    }

    private void Flush(Action<ScoredRow> take)
    {
        if (_batch.Count == 0)
        {
            return;
        }

        var classes = _batch[0].Probabilities!.Length;
        if (scorer.ClassCount is { } expected && expected != classes)
        {
            throw new TraceFileException($"{input.Path}: has {classes} classes; the monitor {input.Monitor} reads {expected}.");
        }

        var probabilities = new float[_batch.Count * classes];
        for (var i = 0; i < _batch.Count; i++)
        {
            _batch[i].Probabilities!.CopyTo(probabilities, i * classes);
        }

        var (logits, predicted) = scorer.Score(probabilities, classes);
        for (var i = 0; i < _batch.Count; i++)
        {
            if (_batch[i].Label is { } label)
            {
                Count(predicted[i], label);
            }

            take(new ScoredRow(_batchIds[i], _batch[i].Probabilities!, predicted[i], logits[i])
            {
                Label = _batch[i].Label,
                InclusionProbability = _batch[i].InclusionProbability,
            });
        }

        Rows += _batch.Count;
        _batch.Clear();
        _batchIds.Clear();
    }
}
