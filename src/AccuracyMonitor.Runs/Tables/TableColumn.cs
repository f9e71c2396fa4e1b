namespace AccuracyMonitor.Runs.Tables;

internal enum ColumnKind
{
    /// <summary>A string or null.</summary>
    Text,

    /// <summary>A long or null.</summary>
    Whole,

    /// <summary>A double or null.</summary>
    Real,

    /// <summary>An array of floats or null.</summary>
    Reals,
}

internal sealed record TableColumn(string Name, ColumnKind Kind = ColumnKind.Text);
