namespace AccuracyMonitor.Client.Tests;

public sealed class AttachersTests
{
    private int _missed;

    [Fact]
    public void An_input_is_missed_when_none_of_them_holds_it()
    {
        var attachers = new Attachers(() => _missed++);
        attachers.Attach("a");
        _missed.ShouldBe(0, "nobody attaches");
        attachers.Add(static id => id == "a");
        attachers.Add(static id => id == "b");

        attachers.Attach("a");
        attachers.Attach("b");
        attachers.Attach("c");

        _missed.ShouldBe(1);
    }

    [Fact]
    public void What_was_removed_is_not_asked_any_more()
    {
        var attachers = new Attachers(() => _missed++);
        var asked = 0;
        var first = attachers.Add(_ => ++asked > 0);
        first.Dispose();
        first.Dispose();

        attachers.Attach("a");

        (asked, _missed).ShouldBe((0, 0));
    }
}
