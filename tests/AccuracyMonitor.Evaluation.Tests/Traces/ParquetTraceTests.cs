using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;
using Parquet;

namespace AccuracyMonitor.Evaluation.Tests.Traces;

public class ParquetTraceTests
{
    [Fact]
    public void A_label_that_is_null_is_left_out_and_counted()
    {
        var trace = Open(new ParquetBytes().Nullable<int>("label", 1, null).Column("p0", 0.5, 0.25).Column("p1", 0.5, 0.75));

        trace.Load("reference").Probabilities.ShouldBe([0.5f, 0.5f]);
        trace.Unlabelled("reference").ShouldBe(1);
    }

    /// <summary>Written by Arrow (parquet-wasm 0.8, Zstandard): int32 labels, a dictionary of conditions, a list of nullable float32.</summary>
    private const string ByArrow =
        """
        UEFSMRUEFRAVIkwVBBUAEgAAKLUv/SAIQQAAAQAAAAAAAAAVABUSFSQsFQYVEBUGFQYAACi1L/0gCUkAAAIAAAAGAQEDAhUEFRQVJkwVBBUAEgAAKLUv/SAKUQAAAQAAAG
        EBAAAAYhUAFRIVJCwVBhUQFQYVBgAAKLUv/SAJSQAAAgAAAAYBAQMEFQQVKBU6TBUKFQASAAAotS/9IBShAAAAAAA/AACAPgAAQD/NzMw9ZmZmPxUAFSIVNCwVDBUQFQYV
        BgAAKLUv/SARiQAAAgAAAAMqAgAAAAwDAwNANAIZEgIZGAQAAAAAGRgEAQAAABUCGRYAKSYABgAZEgIZGAFhGRgBYhUCGRYAKSYABgAZEgIZGATNzMw9GRgEZmZmPxUCGR
        YAGSYGBhlGAAAADAAZHBZGFUYWAAAAGRwWzgEVRhYAABkWBgAZHBbqAhVWFgAAABUCGWxIDGFycm93X3NjaGVtYRUGABUCJQIYBWxhYmVsABUMJQIYCWNvbmRpdGlvbiUA
        TBwAAAA1AhgFcHJvYnMVAhUGTDwAAAA1BBgEbGlzdBUCABUIJQIYBGl0ZW0AFgYZHBk8JgAcFQIZNQAGEBkYBWxhYmVsFQwWBhZgFoQBJkYmCBwYBAEAAAAYBAAAAAAWAC
        gEAQAAABgEAAAAABERABksFQAVEBUCABUEFQAVAgA8OSYABgAAFuIEFRQWwAMVNgAmABwVDBk1AAYQGRgJY29uZGl0aW9uFQwWBhZkFogBJs4BJowBHDYAKAFiGAFhEREA
        GSwVABUQFQIAFQQVABUCADwWBikmAAYAABb2BBUcFvYDFSoAJgAcFQgZNQAGEBk4BXByb2JzBGxpc3QEaXRlbRUMFgwWiAEWrAEm6gImlAIcGARmZmY/GATNzMw9FgAoBG
        ZmZj8YBM3MzD0REQAZLBUAFRAVAgAVBBUAFQIAPCkmBgYZRgAAAAwAABaSBRUWFqAEFUIAFswCFgYmCBa4AxQAABkcGAxBUlJPVzpzY2hlbWEYyAMvLy8vLzB3QkFBQVFB
        QUFBQUFBS0FBd0FDZ0FKQUFRQUNnQUFBQWdBQUFBQUFRUUFVUC8vL3dRQUFBQURBQUFBN0FBQUFJZ0FBQUFFQUFBQU1QLy8veGdBQUFBTUFBQUFBQUFCREZRQUFBQUJBQU
        FBR0FBQUFHVC8vLzhRQUJZQUVBQU9BQThBQkFBQUFBZ0FFQUFBQUJnQUFBQWNBQUFBQUFBQkF4Z0FBQUFBQUFZQUNBQUdBQVlBQUFBQUFBRUFBQUFBQUFRQUFBQnBkR1Z0
        QUFBQUFBVUFBQUJ3Y205aWN3QUFBQkFBR0FBVUFBNEFEd0FFQUJBQUNBQVFBQUFBT0FBQUFDd0FBQUFBQUFFRkVBQUFBQ3dBQUFBSUFBZ0FBQUFFQUFnQUFBQUVBQUFBdF
        AvLy95QUFBQUFBQUFBQkFBQUFBQVFBQkFBRUFBQUFDUUFBQUdOdmJtUnBkR2x2YmdBQUFCQUFGQUFRQUE0QUR3QUVBQUFBQ0FBUUFBQUFHQUFBQUNBQUFBQUFBQUVDSEFB
        QUFBZ0FEQUFFQUFzQUNBQUFBQ0FBQUFBQUFBQUJBQUFBQUFVQUFBQnNZV0psYkFBQUFBPT0AGBlwYXJxdWV0LXJzIHZlcnNpb24gNTkuMy4wGTwcAAAcAAAcAAAAmwMAAF
        BBUjE=
        """;

    /// <summary>Written by hyparquet-writer (Snappy): int64 labels, a column of nullable doubles for each class.</summary>
    private const string ByHyparquet =
        """
        UEFSMRUGFTQVJFwVBhUAFQYVABUEFQAAAAMHGAQBADYBABwBAAAAAAAAABUGFSIVJlwVBhUAFQYVABUEFQAAAAMHDzgBAAAAYQEAAABhAQAAAGIVBhU0FTBcFQYVABUGFQ
        AVBBUAAAADBxgAAAUBBOA/BQcoANA/mpmZmZmZuT8VBhU0FTBcFQYVABUGFQAVBBUAAAADBxgAAAUBBOA/BQcoAOg/zczMzMzM7D8VBBlcSARyb290FQgAFQQlAhgFbGFi
        ZWwAFQwlAhgJY29uZGl0aW9uJQAAFQolAhgCcDAAFQolAhgCcDEAFgYZHBlMJggcFQQZFQAZGAVsYWJlbBUCFgYWXhZOJgg8NgAoCAEAAAAAAAAAGAgAAAAAAAAAAAAZHB
        UGFQAVAgAAACZWHBUMGRUAGRgJY29uZGl0aW9uFQIWBhZMFlAmVjw2ACgBYhgBYQAZHBUGFQAVAgAAACamARwVChkVABkYAnAwFQIWBhZeFlompgE8NgAoCAAAAAAAAOA/
        GAiamZmZmZm5PzYAABkcFQYVABUCAAAAJoACHBUKGRUAGRgCcDEVAhYGFl4WWiaAAjw2ACgIzczMzMzM7D8YCAAAAAAAAOA/NgAAGRwVBhUAFQIAAAAW5gIWBjbSAgAoCW
        h5cGFycXVldBlMHAAAHAAAHAAAHAAAAFIBAABQQVIx
        """;

    [Theory]
    [InlineData(ByArrow)]
    [InlineData(ByHyparquet)]
    public void Files_of_other_writers_are_read(string base64)
    {
        using var file = new TemporaryTrace(".parquet", Convert.FromBase64String(base64));
        var trace = TraceFile.Open(file.Path);

        trace.FileOrder.ShouldBe(["a", "b"]);
        trace.Load("a").Labels.ShouldBe([1, 0]);
        trace.Load("a").Probabilities.ShouldBe([0.5f, 0.5f, 0.25f, 0.75f]);
        trace.Load("b").Labels.ShouldBe([1]);
        trace.Load("b").Probabilities.ShouldBe([0.1f, 0.9f]);
    }

    [Fact]
    public void Labels_of_any_width_are_read()
    {
        foreach (var table in new[]
                 {
                     new ParquetBytes().Column<byte>("label", 1), new ParquetBytes().Column<sbyte>("label", 1),
                     new ParquetBytes().Column<ushort>("label", 1), new ParquetBytes().Column<short>("label", 1),
                     new ParquetBytes().Column<uint>("label", 1), new ParquetBytes().Column("label", 1),
                     new ParquetBytes().Column<ulong>("label", 1), new ParquetBytes().Column("label", 1L),
                 })
        {
            Open(table.List("probabilities", [0.5, 0.5])).Load("reference").Labels.ShouldBe([1]);
        }
    }

    [Fact]
    public void A_defect_is_named_with_its_row_over_all_groups()
    {
        var bytes = new ParquetBytes().Column("label", 0, 0, 0).List("probs", [0.5f, 0.5f], [0.5f, 0.5f], [float.NaN, 1]).Write(..2, 2..);
        Message(bytes).ShouldBe("row 2: 'probs[0]': probability NaN is outside [0, 1].");
    }

    [Fact]
    public void Columns_that_are_not_used_may_be_of_any_type()
    {
        var table = new ParquetBytes().Column("label", 1, 0).List("probabilities", [0.5, 0.5], [0.25, 0.75]);
        table = table.Binary("image", [1, 2, 3], []).Binary("two_bytes", [0, 60], [0, 60]).TextPairs("words", 2)
            .TimesOfDay("noon", 12, 0).Column("key", Guid.Empty, Guid.Empty).Column("price", 1.5m, 2m);
        Open(table).Load("reference").Labels.ShouldBe([1, 0]);
    }

    [Fact]
    public void Columns_of_any_type_are_passed_over_where_the_numbers_tell_the_outputs()
    {
        var table = new ParquetBytes().Text("label", "dog", "cat").Column("cat", 0.5, 0.75).Column("dog", 0.5, 0.25);
        Open(table.Binary("image", [1, 2, 3], []).TextPairs("words", 2).TimesOfDay("noon", 12, 0)).Load("reference").Labels
            .ShouldBe([1, 0]);
    }

    /// <summary>As a half-precision number the two bytes are 0.5.</summary>
    [Fact]
    public void Two_bytes_are_a_number_only_where_the_schema_says_so() =>
        Message(new ParquetBytes().Column("label", 1).Binary("p0", [0, 56]).Column("p1", 0.5).Write()).ShouldBe("row 0: 'p0' is bytes; expected a number.");

    [Fact]
    public void A_list_of_texts_is_no_list_of_probabilities() =>
        Message(new ParquetBytes().Column("label", 1).TextPairs("probabilities", 1).Write())
            .ShouldStartWith("row 0: 'probabilities' is a list of text; expected an array of numbers");

    [Fact]
    public async Task A_number_of_rows_that_the_columns_do_not_have_is_refused_before_memory_is_taken()
    {
        using var stream = new MemoryStream(new ParquetBytes().Column("label", 1, 0).Nullable<double>("p0", 0.5, 0.5).List("probs", [0.5], [0.5]).Write());
        await using var reader = await ParquetReader.CreateAsync(stream, cancellationToken: TestContext.Current.CancellationToken);
        using var group = reader.OpenRowGroupReader(0);
        foreach (var field in ParquetField.Of(reader))
        {
            ParquetValues.Load(group, field, 2);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Should.Throw<InvalidDataException>(() => ParquetValues.Load(group, field, 1 << 28));
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
        }
    }

    /// <summary>In the footer 2 is written as the byte 4 (zigzag), and −2 as 3.</summary>
    [Fact]
    public void A_negative_number_of_rows_is_refused()
    {
        var whole = new ParquetBytes().Column("label", 1, 0).Column("p0", 0.5, 0.25).Column("p1", 0.5, 0.75).Write();
        var footer = whole.Length - 8 - BitConverter.ToInt32(whole.AsSpan(whole.Length - 8));
        var refused = 0;
        for (var i = footer; i < whole.Length - 8; i++)
        {
            if (whole[i] == 4)
            {
                byte[] damaged = [.. whole[..i], 3, .. whole[(i + 1)..]];
                using var file = new TemporaryTrace(".parquet", damaged);
                try
                {
                    TraceFile.Open(file.Path).Load("reference").Count.ShouldBe(2);
                }
                catch (TraceFileException e)
                {
                    e.Message.ShouldNotContain("has no row");
                    refused += e.Message.Contains("-2 rows", StringComparison.Ordinal) ? 1 : 0;
                }
            }
        }

        refused.ShouldBe(1);
    }

    public static TheoryData<string, string> Defects => new()
    {
        { "no label", "column 'label' is missing (another name: --map label=NAME). It has: p0, p1." },
        {
            "text label",
            "row 0: 'label' is 'cat'; expected a class index, 0…1 (names: --classes FILE, one a line in the order of the probabilities)."
        },
        {
            "no probabilities",
            "has no probability columns; expected p0, p1, … (or another common prefix), columns named by class, or a list 'probabilities'; "
            + "another name: --map probabilities=NAME. It has: label."
        },
        { "two lists", "columns 'probs' and 'probabilities' are both lists of probabilities; expected one (--map probabilities=…)." },
        { "uneven", "row 1: 3 probabilities; row 0 has 2." },
        { "negative", "row 0: 'p0': probability -0.5 is outside [0, 1] (logits? --form logits)." },
        { "null", "row 0: 'p1': probability NaN is outside [0, 1]." },
        { "sum", "row 0: sums to 0.75; expected 1 within 0.01." },
        { "label", "row 0: 'label' is 2; expected 0…1 (labels that count from 1: --classes-from 1)." },
        { "empty", "has no row; expected at least 1." },
    };

    [Theory]
    [MemberData(nameof(Defects))]
    public void A_defect_is_named_with_its_column_value_and_bound(string defect, string expected) => Message(Make(defect).Write()).ShouldBe(expected);

    [Fact]
    public void Any_truncation_is_refused_with_a_message()
    {
        var whole = new ParquetBytes().Column("label", 1, 0).Column("p0", 0.5, 0.25).Column("p1", 0.5, 0.75).Write();
        for (var length = 0; length < whole.Length; length++)
        {
            Message(whole[..length]).ShouldStartWith("cannot be read as a .parquet file: ");
        }
    }

    private static ParquetBytes Make(string defect)
    {
        var table = new ParquetBytes();
        return defect switch
        {
            "no label" => table.Column("p0", 0.5).Column("p1", 0.5),
            "text label" => table.Text("label", "cat").Column("p0", 0.5).Column("p1", 0.5),
            "no probabilities" => table.Column("label", 1),
            "two lists" => table.Column("label", 1).List("probs", [0.5f, 0.5f]).List("probabilities", [0.5f, 0.5f]),
            "uneven" => table.Column("label", 1, 1).List("probs", [0.5f, 0.5f], [0.5f, 0.25f, 0.25f]),
            "negative" => table.Column("label", 1).Column("p0", -0.5).Column("p1", 1.0),
            "null" => table.Column("label", 1).Nullable<double>("p0", 0.5).Nullable<double>("p1", [null]),
            "sum" => table.Column("label", 1).Column("p0", 0.5).Column("p1", 0.25),
            "label" => table.Column("label", 2).Column("p0", 0.5).Column("p1", 0.5),
            _ => table.Column<int>("label").Column<double>("p0").Column<double>("p1"),
        };
    }

    private static TraceFile Open(ParquetBytes table)
    {
        using var file = new TemporaryTrace(".parquet", table.Write());
        return TraceFile.Open(file.Path);
    }

    /// <summary>Without the file's name, which must come first.</summary>
    private static string Message(byte[] content)
    {
        using var file = new TemporaryTrace(".parquet", content);
        var message = Should.Throw<TraceFileException>(() => TraceFile.Open(file.Path)).Message;
        message.ShouldStartWith($"{file.Path}: ");
        return message[(file.Path.Length + 2)..];
    }
}
