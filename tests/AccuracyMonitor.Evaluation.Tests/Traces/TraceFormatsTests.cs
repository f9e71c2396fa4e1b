using System.Globalization;
using System.Text;
using System.Text.Json;
using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces;
using CsCheck;

namespace AccuracyMonitor.Evaluation.Tests.Traces;

/// <summary>The same data is the same trace in every format.</summary>
public class TraceFormatsTests
{
    private sealed record Row(string Condition, float[] Probabilities, int Label);

    private static readonly string[] Names = ["reference", "clean", "fog, \"thick\"", "schräg_2"];

    private static readonly Gen<Row[]> Rows =
        from classes in Gen.Int[2, 6]
        from rows in (from condition in Gen.Int[0, Names.Length - 1]
                      from weights in Gen.Float[0.001f, 1].Array[classes]
                      from label in Gen.Int[0, classes - 1]
                      select new Row(Names[condition], [.. weights.Select(w => w / weights.Sum())], label)).Array[1, 12]
        select rows;

    [Fact]
    public void The_same_rows_are_the_same_trace_in_every_format() => Rows.Sample(
        rows =>
        {
            using var npz = Npz(rows);
            using var csv = new TemporaryTrace(".csv", Csv(rows));
            using var json = new TemporaryTrace(".ndjson", JsonLines(rows));
            using var list = new TemporaryTrace(".parquet", Table(rows).List("probs", [.. rows.Select(r => r.Probabilities)]).Write());
            using var table = new TemporaryTrace(".parquet", Columns(rows));
            var expected = TraceFile.Open(npz.Write());

            foreach (var path in new[] { csv.Path, json.Path, list.Path, table.Path })
            {
                var trace = TraceFile.Open(path);
                trace.Conditions.ShouldBe(expected.Conditions);
                trace.FileOrder.ShouldBe(rows.Select(r => r.Condition).Distinct());
                foreach (var condition in expected.Conditions)
                {
                    ShouldBeTheSame(trace.Load(condition), expected.Load(condition));
                    trace.Unlabelled(condition).ShouldBe(0);
                }
            }
        },
        iter: 30,
        threads: 1);

    [Fact]
    public void An_npz_keeps_its_order_too()
    {
        Row[] rows = [new("b", [0.5f, 0.5f], 0), new("a", [0.5f, 0.5f], 1)];
        using var npz = Npz(rows);

        var trace = TraceFile.Open(npz.Write());

        trace.FileOrder.ShouldBe(["b", "a"]);
        trace.Conditions.ShouldBe(["a", "b"]);
    }

    private static void ShouldBeTheSame(ReferenceSet actual, ReferenceSet expected)
    {
        actual.ClassCount.ShouldBe(expected.ClassCount);
        actual.Labels.ShouldBe(expected.Labels);
        actual.Probabilities.ShouldBe(expected.Probabilities);
    }

    private static NpzWriter Npz(Row[] rows)
    {
        var npz = new NpzWriter();
        foreach (var group in rows.GroupBy(r => r.Condition))
        {
            npz.Add($"{group.Key}__probs", "<f4", $"{group.Count()}, {rows[0].Probabilities.Length}", group.SelectMany(r => r.Probabilities).ToArray())
                .Add($"{group.Key}__labels", "<i4", $"{group.Count()},", group.Select(r => r.Label).ToArray());
        }

        return npz;
    }

    /// <summary>As a spreadsheet on Windows would: byte-order mark, CRLF, quotes, the columns in no order.</summary>
    private static string Csv(Row[] rows)
    {
        var classes = rows[0].Probabilities.Length;
        var text = new StringBuilder("\uFEFF").Append(string.Join(',', Enumerable.Range(0, classes).Reverse().Select(i => $"prob_{i}")))
            .Append(",label,\"condition\"\r\n");
        foreach (var row in rows)
        {
            text.AppendJoin(',', row.Probabilities.Reverse().Select(p => p.ToString("R", CultureInfo.InvariantCulture)))
                .Append(CultureInfo.InvariantCulture, $",{row.Label},\"{row.Condition.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\r\n");
        }

        return text.ToString();
    }

    private static string JsonLines(Row[] rows) => string.Join(
        '\n', rows.Select(r => JsonSerializer.Serialize(new { condition = r.Condition, probabilities = r.Probabilities, label = r.Label })));

    private static ParquetBytes Table(Row[] rows) =>
        new ParquetBytes().Column("label", [.. rows.Select(r => (long)r.Label)]).Text("condition", [.. rows.Select(r => r.Condition)]);

    /// <summary>A column per class, in two row groups, doubles, labels that may be null.</summary>
    private static byte[] Columns(Row[] rows)
    {
        var table = new ParquetBytes().Text("condition", [.. rows.Select(r => r.Condition)]);
        for (var i = 0; i < rows[0].Probabilities.Length; i++)
        {
            var column = i;
            table.Column($"p{i}", [.. rows.Select(r => (double)r.Probabilities[column])]);
        }

        return table.Nullable("label", [.. rows.Select(r => (int?)r.Label)]).Write(..(rows.Length / 2), (rows.Length / 2)..);
    }
}
