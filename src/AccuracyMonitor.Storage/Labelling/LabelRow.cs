namespace AccuracyMonitor.Storage.Labelling;

/// <summary>A row of <c>labels</c> as Dapper fills it: SQLite's own types.</summary>
internal class LabelRow
{
    /// <summary>The columns for <c>SELECT … FROM labels l</c>.</summary>
    public const string Columns =
        """
        l.sequence AS Sequence, l.label AS Label, l.annotator AS Annotator, l.labelled_at AS LabelledAt,
        l.shown_at AS ShownAt, l.answered_at AS AnsweredAt, l.revealed AS Revealed, l.tool AS Tool,
        l.class_names_version AS ClassNamesVersion
        """;

    public long Sequence { get; set; }

    public long? Label { get; set; }

    public string Annotator { get; set; } = "";

    public long LabelledAt { get; set; }

    public long? ShownAt { get; set; }

    public long? AnsweredAt { get; set; }

    public long? Revealed { get; set; }

    public string Tool { get; set; } = "";

    public string ClassNamesVersion { get; set; } = "";

    public LabelEntry Entry() => new(Sequence, (int?)Label, Annotator, StoredTime.Read(LabelledAt))
    {
        Conditions = new AnswerConditions
        {
            ShownAt = ShownAt is { } shown ? StoredTime.Read(shown) : null,
            AnsweredAt = AnsweredAt is { } answered ? StoredTime.Read(answered) : null,
            Revealed = Revealed is { } revealed ? revealed != 0 : null,
            Tool = Tool,
            ClassNamesVersion = ClassNamesVersion,
        },
    };
}
