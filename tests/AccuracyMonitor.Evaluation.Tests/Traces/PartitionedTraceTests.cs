using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Tests.Traces;

public sealed class PartitionedTraceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Theory]
    [InlineData("condition=a/_metadata.csv")]
    [InlineData("condition=a/.part-0.csv")]
    [InlineData("_temporary/0/condition=a/part-0.csv")]
    [InlineData(".ipynb_checkpoints/condition=a/part-0.csv")]
    [InlineData("condition=a/_delta_log/0.json")]
    public void Bookkeeping_is_passed_over(string path)
    {
        Write("condition=a/part-0.csv", "p0,p1,label\n0.5,0.5,1\n");
        Write(path, "p0,p1,label\n0.5,0.5,0\n");
        TraceFile.Open(_folder).Load("a").Labels.ShouldBe([1]);
    }

    [Fact]
    public void A_key_may_begin_with_an_underscore()
    {
        Write("_day=1/condition=a/part-0.csv", "p0,p1,label\n0.5,0.5,1\n");
        TraceFile.Open(_folder).Load("a").Labels.ShouldBe([1]);
    }

    [Fact]
    public void Bookkeeping_among_the_files_of_a_folder_is_no_trace()
    {
        foreach (var name in new[] { "b.csv", "a.npz", "._b.csv", "_b.csv", "readme.txt" })
        {
            Write(name, "");
        }

        Write(".cache/key=1/a.csv", "");
        Write(".key=1/a.csv", "");
        TraceFile.IsPartitioned(_folder).ShouldBeFalse();
        TraceFile.InFolder(_folder).Select(Path.GetFileName).ShouldBe(["a.npz", "b.csv"]);
    }

    [Fact]
    public void Files_that_number_their_columns_from_0_and_from_1_are_refused()
    {
        Write("condition=a/part-0.csv", "p0,p1,label\n0.5,0.5,1\n");
        Write("condition=b/part-0.csv", "p1,p2,label\n0.5,0.5,1\n");

        Should.Throw<TraceFileException>(() => TraceFile.Open(_folder)).Message.ShouldEndWith(
            "part-0.csv: its columns p1…p2 count from 1; those of the files before from 0. Give the files the same columns, or say what labels count "
            + "from: --classes-from.");
        TraceFile.Open(_folder, new TraceOptions { ClassesFrom = 1 }).Load("b").Labels.ShouldBe([0]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string path, string text)
    {
        path = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
