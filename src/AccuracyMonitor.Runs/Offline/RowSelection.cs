using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Runs.Offline;

/// <summary>A row that is to be labelled.</summary>
/// <param name="Id">Of the prediction.</param>
/// <param name="Predicted">Class that the model predicted.</param>
/// <param name="Inclusion">π, (0, 1].</param>
/// <param name="Label">Class that it is known to be; null: not known.</param>
internal sealed record SelectedRow(string Id, int Predicted, double Inclusion, int? Label = null);

/// <summary>
/// Draws rows for labelling with the sampler and the default policy of the sidecar: one draw for each row, so that the number of rows is
/// <paramref name="count"/> on average. The same seed with a larger count draws the same rows and more.
/// </summary>
/// <param name="rows">Rows that will be given, at least 1.</param>
/// <param name="count">Rows to draw, at least 1; where there are not more rows, all are drawn.</param>
/// <param name="seed">Of the draws.</param>
internal sealed class RowSelection(long rows, int count, ulong seed)
{
    // Every draw is made at once: the hourly cap of the sampler has no meaning in a file.
    private static readonly DateTimeOffset Time = DateTimeOffset.UnixEpoch;
    private readonly List<SelectedRow> _selected = [];
    private readonly Sampler? _sampler = count >= rows ? null : new Sampler(
        new SamplerOptions { Budget = (double)count / rows, Coin = CoinKey.FromSeed(seed), MaxRequestsPerHour = int.MaxValue },
        new ModelKey("offline", "select"));

    public double Expected => _sampler?.ExpectedRequests ?? _selected.Count;

    public void Take(ScoredRow row)
    {
        if (_sampler is null)
        {
            _selected.Add(new SelectedRow(row.Id, row.Predicted, 1, row.Label));
        }
        else if (_sampler.Decide(row.Id, row.Score, Time) is { Selected: true } decision)
        {
            _selected.Add(new SelectedRow(row.Id, row.Predicted, decision.InclusionProbability, row.Label));
        }
    }

    /// <summary>The drawn rows in an order that tells nothing: whoever labels only the first of them still labels a random part.</summary>
    public IReadOnlyList<SelectedRow> InRandomOrder()
    {
        var shuffled = _selected.ToArray();
        new Random(unchecked((int)StableHash.Of("order", seed))).Shuffle(shuffled);
        return shuffled;
    }
}
