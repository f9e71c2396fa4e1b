using AccuracyMonitor.Bridge.Journal;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>What the bridge has done since its start. The loop writes it, and the webhook's endpoint its hints.</summary>
internal sealed class BridgeCounters
{
    private long _hints;
    private long _hintsDropped;

    public long Imported { get; set; }

    public long Labels { get; set; }

    public long Skips { get; set; }

    public long Retracted { get; set; }

    public long Withdrawn { get; set; }

    /// <summary>Second and third opinions given or changed.</summary>
    public long Opinions { get; set; }

    public long OpinionsRetracted { get; set; }

    /// <summary>Answers that are neither label nor opinion: a second annotation of an annotator, a skip beside a label, a fourth annotator's.</summary>
    public long SecondAnswers { get; set; }

    /// <summary>Annotations without a usable choice.</summary>
    public long Unusable { get; set; }

    /// <summary>Answers that the queue refused.</summary>
    public long Refused { get; set; }

    public long LeasesLost { get; set; }

    public long DoublesDeleted { get; set; }

    public long HooksRearmed { get; set; }

    public long FiltersIgnored { get; set; }

    public long ToolFailures { get; set; }

    public long QueueFailures { get; set; }

    /// <summary>Passes over both sides that ended without a failure.</summary>
    public long Passes { get; private set; }

    /// <summary>When the last of them ended; null: none did.</summary>
    public DateTimeOffset? LastPass { get; private set; }

    public void Passed(DateTimeOffset at)
    {
        Passes++;
        LastPass = at;
    }

    public long Hints => Interlocked.Read(ref _hints);

    public long HintsDropped => Interlocked.Read(ref _hintsDropped);

    public void HintTaken() => Interlocked.Increment(ref _hints);

    public void HintDropped() => Interlocked.Increment(ref _hintsDropped);

    /// <summary>One line. Counts that are zero are left out, except the first three.</summary>
    public string Line(BridgeJournal journal)
    {
        List<string> parts = [$"{journal.Count(ItemState.Open)} tasks open", $"{Labels} labels", $"{Skips} skips"];
        Add("waiting for import", journal.Count(ItemState.Wanted));
        Add("held", journal.Count(ItemState.Held));
        Add("imported", Imported);
        Add("retracted", Retracted);
        Add("withdrawn", Withdrawn);
        Add("opinions", Opinions);
        Add("opinions retracted", OpinionsRetracted);
        Add("second answers", SecondAnswers);
        Add("unusable annotations", Unusable);
        Add("refused answers", Refused);
        Add("leases lost", LeasesLost);
        Add("doubled tasks deleted", DoublesDeleted);
        Add("webhooks armed again", HooksRearmed);
        Add("filters ignored", FiltersIgnored);
        Add("hints", Hints);
        Add("hints dropped", HintsDropped);
        Add("failures of the tool", ToolFailures);
        Add("failures of the queue", QueueFailures);
        return string.Join(", ", parts);

        void Add(string what, long count)
        {
            if (count > 0)
            {
                parts.Add($"{count} {what}");
            }
        }
    }
}
