namespace AccuracyMonitor.Evaluation.Traces.Tables;

/// <summary>Text of which a reader may take only so much until it is allowed more. A parser that looks for the end of a row takes no end of memory.</summary>
internal sealed class CountedText(TextReader text) : TextReader
{
    private long _left;

    /// <summary>Whether more was asked for than was allowed.</summary>
    public bool IsOver { get; private set; }

    /// <summary>From now on.</summary>
    public void Allow(int characters) => _left = characters;

    public override int Peek() => text.Peek();

    public override int Read()
    {
        var character = text.Read();
        Count(character < 0 ? 0 : 1);
        return character;
    }

    public override int Read(char[] buffer, int index, int count) => Count(text.Read(buffer, index, count));

    public override int Read(Span<char> buffer) => Count(text.Read(buffer));

    protected override void Dispose(bool disposing)
    {
        text.Dispose();
        base.Dispose(disposing);
    }

    private int Count(int characters)
    {
        if (characters > 0 && _left <= 0)
        {
            IsOver = true;
            throw new InvalidDataException("More text than is allowed.");
        }

        _left -= characters;
        return characters;
    }
}
