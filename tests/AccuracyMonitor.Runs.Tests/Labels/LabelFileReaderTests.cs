using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Runs.Labels;

namespace AccuracyMonitor.Runs.Tests.Labels;

public sealed class LabelFileReaderTests : IDisposable
{
    private static readonly string[] Clothes = ["boot", "coat", "Dress"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("label-files-");

    [Theory]
    [InlineData("pandas.csv")]
    [InlineData("pandas-semicolon.csv")]
    [InlineData("pandas-utf16.tsv")]
    [InlineData("pandas.jsonl")]
    [InlineData("duckdb.csv")]
    [InlineData("duckdb.jsonl")]
    [InlineData("duckdb.parquet")]
    [InlineData("libreoffice.csv")]
    public void What_other_programs_write_is_read(string file)
    {
        var content = LabelFileReader.Read(Path.Combine(AppContext.BaseDirectory, "Labels", "Written", file), Options());

        content.Rejected.ShouldBeEmpty();
        content.Rows.Select(r => (r.Prediction.PredictionId, r.Class.Number)).ShouldBe([("p-0", 2), ("p-2", 0), ("schöne-3", 1)]);
        content.Rows.ShouldAllBe(r => r.Prediction.Model == "m" && r.Prediction.Version == "1");
        (content.Empty, content.Count, content.Revealed).ShouldBe((1, 4, false));
    }

    [Fact]
    public void Each_row_that_cannot_be_applied_is_named_with_line_field_and_reason()
    {
        var path = Write(
            "id,model,version,label\na,m,1,2\n,m,1,0\nb,,1,0\nc,m,,0\nd,m,1,boots\ne,m,1,-1\nf,m,1,0.5\ng,m,1\nh,m,1,NaN\na,m,1,2.0\n"
                + "i,m,1,0\ni,m,1,0\ni,m,1,1\ni,m,1,0\n");

        var content = LabelFileReader.Read(path, Options());

        content.Rows.Select(r => (r.Prediction.PredictionId, r.Class)).ShouldBe([("a", new ClassChoice(2)), ("d", ClassChoice.Named("boots"))]);
        content.Rejected.Select(r => r.ToString()[(path.Length + 2)..]).ShouldBe(
        [
            "line 3: id: is empty, and the row has a label",
            "line 4: model: is empty, and the row has a label",
            "line 5: version: is empty, and the row has a label",
            "line 7: label: -1 is no class; expected a whole number from 0, or a name",
            "line 8: label: 0.5 is no class; expected a whole number from 0, or a name",
            "line 9: row: 3 fields; the header has 4, separated by commas (another delimiter: --delimiter).",
            "line 12: label: 'i' has another label on another row; keep one of them",
            "line 13: label: 'i' has another label on another row; keep one of them",
            "line 14: label: 'i' has another label on another row; keep one of them",
            "line 15: label: 'i' has another label on another row; keep one of them",
        ]);
        content.Rows.Select(r => r.Repeats.Count).ShouldBe([1, 0]);
        (content.Empty, content.Count).ShouldBe((1, 14));
    }

    [Fact]
    public void Names_stand_for_classes_in_any_letters_and_columns_may_have_other_names()
    {
        var path = Write("order;truth\n7;coat\n8;DRESS\n9;hat\n");
        var options = Options() with
        {
            IdColumn = "order",
            LabelColumn = "truth",
            Model = "m",
            Version = "1",
            Classes = new ClassScheme(3, Clothes, 0, null),
        };

        var content = LabelFileReader.Read(path, options);

        content.Rows.Select(r => (r.Prediction.PredictionId, r.Class.Number)).ShouldBe([("7", 1), ("8", 2)]);
        content.Rejected.Single().ToString().ShouldEndWith("line 4: truth: 'hat' is no class; expected one of boot, coat, Dress");
    }

    [Fact]
    public void A_file_that_shows_the_models_answer_says_so_and_ids_that_were_protected_are_themselves()
    {
        var content = LabelFileReader.Read(Write("prediction_id,model,version,label,predicted_class\n'=1+1,m,1,0,0\n"), Options());

        content.Revealed.ShouldBeTrue();
        content.Rows.Single().Prediction.PredictionId.ShouldBe("=1+1");
    }

    [Fact]
    public void Only_CSV_has_protected_ids()
    {
        var content = LabelFileReader.Read(Write("""{"id": "'=1+1", "model": "m", "version": "1", "label": 0}""", "labels.jsonl"), Options());

        content.Rows.Single().Prediction.PredictionId.ShouldBe("'=1+1");
    }

    [Theory]
    [InlineData("id,model,version\n", "column 'label' is missing (another name: --label-column NAME). It has: id, model, version.")]
    [InlineData("name,label\n", "column 'id' is missing (another name: --id-column NAME)")]
    [InlineData("id,label,version\n", "column 'model' is missing (or say it: --model NAME)")]
    [InlineData("id,label,label,model,version\n", "column 'label' is there more than once")]
    public void A_file_without_the_columns_is_refused(string text, string message) =>
        Should.Throw<TraceFileException>(() => LabelFileReader.Read(Write(text), Options())).Message.ShouldContain(message);

    public void Dispose() => _folder.Delete(recursive: true);

    private static LabelFileOptions Options() => new() { Classes = new ClassScheme(1_000_000, null, 0, null) };

    private string Write(string text, string name = "labels.csv")
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
