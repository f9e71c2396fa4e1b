using System.IO.Hashing;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Tests.Crash;

/// <summary>
/// What the victims said, beside what the database holds. Read by SQL of its own and not through the store, so that a mistake in the store's
/// reading can't hide one in its writing.
/// </summary>
internal sealed class Ledger
{
    private readonly HashSet<string> _tried = new(StringComparer.Ordinal);
    private readonly HashSet<string> _acknowledgedRequests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _acknowledgedLabels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _acknowledgedOpinions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _promotions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LastSaid> _inputs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _remembered = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LastSaid> _truths = new(StringComparer.Ordinal);

    private readonly Dictionary<string, string> _reported = new(StringComparer.Ordinal);

    public int Acknowledged { get; private set; }

    public int Reported => _reported.Count;

    public int Requests => _acknowledgedRequests.Count;

    public int Labels => _acknowledgedLabels.Count;

    public int Opinions => _acknowledgedOpinions.Count;

    public int Inputs => _inputs.Values.Count(i => i.Acknowledged is not null);

    public int Remembered => _remembered.Count;

    public int Truths => _truths.Values.Count(t => t.Acknowledged is not null);

    public List<string> Lost { get; } = [];

    public List<string> Doubled { get; } = [];

    public List<string> Wrong { get; } = [];

    public void Read(IReadOnlyList<string> said)
    {
        foreach (var words in said.Where(l => l[0] == '>').Select(l => l.Split(' ')))
        {
            _reported[words[1]] = words[2];
        }

        foreach (var words in said.Where(l => l[0] is '?' or '!').Select(l => l.Split(' ')))
        {
            var done = words[0] == "!";
            Acknowledged += done ? 1 : 0;
            switch (words[1])
            {
                case "request":
                    (done ? _acknowledgedRequests : _tried).UnionWith(words[3].Split(','));
                    break;
                case "label" when done:
                    _acknowledgedLabels[words[5]] = $"{words[3]} {words[4]}";
                    break;
                case "label":
                    _tried.Add(words[5]);
                    break;
                case "opinion" when done:
                    _acknowledgedOpinions[words[6]] = $"{words[3]} {words[4]} {words[5]}";
                    break;
                case "opinion":
                    _tried.Add(words[6]);
                    break;
                case "input":
                    Of(_inputs, words[3]).Said(words[4], done);
                    break;
                case "remember" when done:
                    _remembered.UnionWith(words[3].Split(','));
                    break;
                case "remember":
                    break;
                case "truth":
                    Of(_truths, words[3]).Said(words[4], done);
                    break;
                case "promote":
                    Promotions(words[2], done).Add(words[3]);
                    break;
                default:
                    throw new InvalidOperationException(words[1]);
            }
        }
    }

    public void Compare(string databasePath)
    {
        using var connection = new SqliteConnection($"Data Source={databasePath};Mode=ReadOnly;Pooling=False");
        connection.Open();
        connection.ExecuteScalar<string>("PRAGMA integrity_check").ShouldBe("ok");
        CompareRequests(connection);
        CompareLabels(connection);
        CompareChampions(connection);
        CompareInputs(connection);
        CompareReports(connection);
        CompareOpinions(connection);
        CompareTruths(connection);
        Wrong.AddRange(connection.Query<string>(
            """
            SELECT 'bucket of ' || b.version || ' counts ' || b.requested || ' requests, there are ' || COUNT(r.id)
            FROM prediction_buckets b LEFT JOIN label_requests r ON r.version = b.version AND r.model = b.model
            GROUP BY b.version HAVING b.requested <> COUNT(r.id)
            """));
    }

    private void CompareRequests(SqliteConnection connection)
    {
        var stored = connection.Query<(string Id, long Count)>("SELECT prediction_id, COUNT(*) FROM label_requests GROUP BY prediction_id").AsList();
        var ids = stored.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        Lost.AddRange(_acknowledgedRequests.Except(ids, StringComparer.Ordinal).Select(id => $"request {id}"));
        Doubled.AddRange(stored.Where(s => s.Count > 1).Select(s => $"request {s.Id}"));
        Wrong.AddRange(ids.Except(_tried, StringComparer.Ordinal).Select(id => $"request {id} was never made"));
        connection.ExecuteScalar<long>("SELECT COUNT(*) FROM label_requests r LEFT JOIN request_vectors v ON v.request_id = r.id WHERE v.request_id IS NULL")
            .ShouldBe(0);
    }

    private void CompareLabels(SqliteConnection connection)
    {
        var stored = connection.Query<(string Token, string What)>(
            "SELECT l.annotator, r.prediction_id || ' ' || COALESCE(l.label, -1) FROM labels l JOIN label_requests r ON r.id = l.request_id").AsList();
        var byToken = stored.GroupBy(s => s.Token, s => s.What, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        Doubled.AddRange(byToken.Where(t => t.Value.Count > 1).Select(t => $"label {t.Key}"));
        Wrong.AddRange(byToken.Keys.Except(_tried, StringComparer.Ordinal).Select(t => $"label {t} was never given"));
        foreach (var (token, what) in _acknowledgedLabels)
        {
            if (!byToken.TryGetValue(token, out var found))
            {
                Lost.Add($"label {token}");
            }
            else if (!string.Equals(found[0], what, StringComparison.Ordinal))
            {
                Wrong.Add($"label {token} is {found[0]}, was {what}");
            }
        }

        Wrong.AddRange(connection.Query<string>(
            """
            SELECT 'request ' || r.prediction_id || ' does not have the last label of its history' FROM label_requests r
            JOIN labels l ON l.sequence = (SELECT MAX(sequence) FROM labels WHERE request_id = r.id)
            WHERE r.label IS NOT l.label OR r.label_sequence IS NOT l.sequence
            """));
    }

    /// <summary>Each opinion is there as it was acknowledged, and another one is wanted exactly where the label and the opinions say so.</summary>
    private void CompareOpinions(SqliteConnection connection)
    {
        var stored = connection.Query<(string Token, string What)>(
            """
            SELECT o.annotator, r.prediction_id || ' ' || o.number || ' ' || o.label FROM opinions o JOIN label_requests r ON r.id = o.request_id
            """).AsList();
        var byToken = stored.ToLookup(s => s.Token, s => s.What, StringComparer.Ordinal);
        Doubled.AddRange(byToken.Where(t => t.Count() > 1).Select(t => $"opinion {t.Key}"));
        Wrong.AddRange(byToken.Select(t => t.Key).Except(_tried, StringComparer.Ordinal).Select(t => $"opinion {t} was never given"));
        Lost.AddRange(_acknowledgedOpinions.Where(o => !byToken[o.Key].Contains(o.Value, StringComparer.Ordinal)).Select(o => $"opinion {o.Key}: {o.Value}"));
        Wrong.AddRange(connection.Query<string>(
            """
            SELECT 'of request ' || prediction_id || ' opinion ' || wanted || ' is wanted, must be ' || due FROM (
                SELECT r.prediction_id, d.wanted,
                    CASE WHEN r.label IS NULL THEN 0 WHEN second.number IS NULL THEN 2
                        WHEN second.label <> r.label AND third.number IS NULL THEN 3 ELSE 0 END AS due
                FROM doubled_requests d JOIN label_requests r ON r.id = d.request_id
                LEFT JOIN opinions second ON second.request_id = r.id AND second.number = 2
                LEFT JOIN opinions third ON third.request_id = r.id AND third.number = 3)
            WHERE wanted <> due
            """));
        connection.ExecuteScalar<long>("SELECT COALESCE(SUM(wanted), 0) FROM opinion_counts")
            .ShouldBe(connection.ExecuteScalar<long>("SELECT COUNT(*) FROM doubled_requests WHERE wanted <> 0"));
    }

    /// <summary>The champion is the last one acknowledged, or the one that was being promoted when the process died.</summary>
    private void CompareChampions(SqliteConnection connection)
    {
        var champions = connection.Query<(string Worker, string Version)>(
            """
            SELECT a.version, m.monitor_version FROM activations a JOIN monitors m ON m.id = a.monitor_id
            WHERE a.id IN (SELECT MAX(id) FROM activations GROUP BY version)
            """).ToDictionary(c => c.Worker, c => c.Version, StringComparer.Ordinal);
        foreach (var worker in _promotions.Keys.Select(k => k[1..]).Distinct(StringComparer.Ordinal).ToList())
        {
            var (done, tried) = (Promotions(worker, done: true), Promotions(worker, done: false));
            var champion = champions.GetValueOrDefault(worker);
            if (done.Count > 0 && !tried.SkipWhile(v => v != done[^1]).Contains(champion, StringComparer.Ordinal))
            {
                Lost.Add($"promotion of {done[^1]}: the champion is {champion}");
            }
        }
    }

    /// <summary>An input is the last one acknowledged, or one that was on its way since.</summary>
    private void CompareInputs(SqliteConnection connection)
    {
        var stored = connection.Query<(string Id, string Content, long Bytes)>(
            """
            SELECT r.prediction_id, CAST(c.content AS TEXT), i.bytes FROM request_inputs i JOIN label_requests r ON r.id = i.request_id
            JOIN request_input_contents c ON c.request_id = i.request_id
            """).ToDictionary(i => i.Id, StringComparer.Ordinal);
        foreach (var (id, input) in _inputs)
        {
            if (stored.TryGetValue(id, out var found) ? !input.MayBe(found.Content.Split(' ')[0]) : input.Acknowledged is not null)
            {
                Lost.Add($"input of {id}: {input.Acknowledged}, there is {found.Content}");
            }
        }

        Wrong.AddRange(stored.Where(s => s.Value.Content.Length != s.Value.Bytes).Select(s => $"input of {s.Key} is cut off"));
        connection.QuerySingle<(long, long)>("SELECT inputs, bytes FROM input_totals").ShouldBe((stored.Count, stored.Values.Sum(s => s.Bytes)));
    }

    /// <summary>A truth is the last one acknowledged, or one that was on its way since.</summary>
    private void CompareTruths(SqliteConnection connection)
    {
        var stored = connection.Query<(long Hash, long? Truth)>("SELECT id_hash, truth FROM remembered_predictions").ToDictionary(p => p.Hash, p => p.Truth);
        foreach (var id in _remembered)
        {
            var known = _truths.GetValueOrDefault(id);
            if (!stored.TryGetValue(unchecked((long)XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(id))), out var truth))
            {
                Lost.Add($"remembered prediction {id}");
            }
            else if (truth is { } found ? known?.MayBe($"{found}") != true : known?.Acknowledged is not null)
            {
                Lost.Add($"truth of {id}: {known?.Acknowledged}, there is {truth}");
            }
        }
    }

    /// <summary>What has no mark was reported as it is.</summary>
    private void CompareReports(SqliteConnection connection) => Lost.AddRange(
        connection.Query<(string Id, string Label)>(
            """
            SELECT prediction_id, CAST(COALESCE(label, -1) AS TEXT) FROM label_requests
            WHERE unreported IS NULL AND NOT EXISTS (SELECT 1 FROM hub_marking)
            """)
            .Where(r => _reported.GetValueOrDefault(r.Id) != r.Label)
            .Select(r => $"report of {r.Id}: it has label {r.Label}, {_reported.GetValueOrDefault(r.Id)} was reported"));

    private List<string> Promotions(string worker, bool done)
    {
        var key = (done ? "!" : "?") + worker;
        return _promotions.TryGetValue(key, out var list) ? list : _promotions[key] = [];
    }

    private static LastSaid Of(Dictionary<string, LastSaid> all, string id) => all.TryGetValue(id, out var known) ? known : all[id] = new LastSaid();

    private sealed class LastSaid
    {
        private readonly List<string> _since = [];

        public string? Acknowledged { get; private set; }

        public void Said(string token, bool done)
        {
            if (done)
            {
                Acknowledged = token;
                _since.Clear();
            }
            else
            {
                _since.Add(token);
            }
        }

        public bool MayBe(string token) => token == Acknowledged || _since.Contains(token, StringComparer.Ordinal);
    }
}
