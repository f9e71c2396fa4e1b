using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>What is known of the columns of one file of a trace.</summary>
/// <param name="roles">Of the columns seen so far.</param>
/// <param name="known">Number of those columns.</param>
/// <param name="rowsBefore">Predictions of the files before.</param>
internal sealed class TraceTable(ColumnRoles roles, int known, long rowsBefore)
{
    private int _known = known;

    public ColumnRoles Roles { get; private set; } = roles;

    /// <summary>Null: no row was read yet.</summary>
    public OutputColumns? Outputs { get; set; }

    /// <summary>The first rows, read to tell what the columns mean; null: they were not needed.</summary>
    public RowSample? Sample { get; set; }

    /// <summary>A row of this file agreed with the classes of the files before.</summary>
    public bool Begun { get; set; }

    public bool DecimalComma { get; set; }

    /// <summary>A log may have a further column in any row.</summary>
    public void Follow(RowReader rows, TraceOptions options)
    {
        if (rows.Names.Count != _known)
        {
            _known = rows.Names.Count;
            Roles = ColumnRoles.Of(rows, options);
        }
    }

    /// <summary>What a row with a defect said about the rows behind it holds only if an earlier row of this file said the same.</summary>
    /// <param name="rows">Predictions of all files so far.</param>
    public void Forget(long rows)
    {
        if (rows == rowsBefore)
        {
            (Outputs, Begun, DecimalComma) = (null, false, false);
        }
    }
}
