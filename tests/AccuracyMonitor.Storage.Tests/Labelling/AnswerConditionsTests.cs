using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Labelling;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Labelling;

public sealed class AnswerConditionsTests : IDisposable
{
    private static readonly AnswerConditions Seen = new()
    {
        ShownAt = Start.AddSeconds(-4),
        AnsweredAt = Start.AddSeconds(-1),
        Revealed = true,
        Tool = "page",
    };

    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task The_history_has_how_each_answer_was_given_also_after_a_restart()
    {
        await using (var store = await _disk.OpenAsync())
        {
            await store.EnqueueAsync([Request("a")], []);
            await store.CompleteAsync([Answer(1, Seen)], Start);
            await store.CompleteAsync([Answer(0, Seen with { Revealed = false, ShownAt = null })], Start);
            await store.CompleteAsync([Answer(1, AnswerConditions.Unknown)], Start);
            await store.RetractAsync([(Clothing, "a")], "ann", Start);
        }

        await using var again = await _disk.OpenAsync();
        (await again.LabelHistoryAsync(Clothing, "a")).Select(e => e.Conditions)
            .ShouldBe([Seen, Seen with { Revealed = false, ShownAt = null }, AnswerConditions.Unknown, AnswerConditions.Unknown]);
        (await again.AuditAsync(new AuditQuery())).Reverse().Select(e => e.Detail).ShouldBe(
        [
            "1 given, 0 replaced, 1 revealed; annotators: ann; tools: page", "0 given, 1 replaced; annotators: ann; tools: page",
            "0 given, 1 replaced; annotators: ann", "1 retracted; annotator: ann",
        ]);
    }

    [Theory]
    [InlineData(0, -1, "answered_at is 2026-03-01T11:59:59.0000000+00:00, before shown_at 2026-03-01T12:00:00.0000000+00:00")]
    [InlineData(0, 301, "answered_at is 2026-03-01T12:05:01.0000000+00:00, must not be after 2026-03-01T12:05:00.0000000+00:00")]
    [InlineData(301, null, "shown_at is 2026-03-01T12:05:01.0000000+00:00, must not be after 2026-03-01T12:05:00.0000000+00:00")]
    [InlineData(0, 0, "")]
    [InlineData(299, 300, "")]
    [InlineData(null, -999_999, "")]
    public async Task Times_that_cannot_be_true_are_left_out_and_the_label_is_kept(int? shown, int? answered, string problem)
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a")], []);
        var said = Seen with { ShownAt = At(shown), AnsweredAt = At(answered) };

        var change = (await store.CompleteAsync([Answer(1, said)], Start)).ShouldHaveSingleItem();

        (change.Outcome, change.Current).ShouldBe((LabelOutcome.Ok, 1));
        change.Reason.ShouldBe(problem.Length == 0 ? "" : $"{problem}; the label was taken without these times");
        (await store.LabelHistoryAsync(Clothing, "a")).Single().Conditions
            .ShouldBe(problem.Length == 0 ? said : said with { ShownAt = null, AnsweredAt = null });
    }

    [Fact]
    public async Task The_name_of_the_tool_is_bounded()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a")], []);

        var changes = await store.CompleteAsync([.. new[] { 101, 100 }.Select(n => Answer(1, Seen with { Tool = new string('x', n) }))], Start);

        changes.Select(c => (c.Outcome, c.Reason)).ShouldBe(
            [(LabelOutcome.Invalid, "tool has 101 characters, at most 100 are kept"), (LabelOutcome.Ok, "")]);
    }

    public void Dispose() => _disk.Dispose();

    private static DateTimeOffset? At(int? seconds) => seconds is { } s ? Start.AddSeconds(s) : null;

    private static LabelAnswer Answer(int label, AnswerConditions conditions) =>
        new() { Key = Clothing, PredictionId = "a", Label = label, Annotator = "ann", Conditions = conditions };
}
