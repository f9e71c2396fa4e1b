namespace AccuracyMonitor.Capture.Tap;

/// <summary>The caller's side of an answer: bytes go to the caller first, then to the copy.</summary>
internal sealed class CopyingStream(Stream caller, AnswerCopy copy) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var written = caller.WriteAsync(buffer, cancellationToken);

        // Before the task is given back: until then the buffer is not used again.
        copy.Append(buffer.Span);
        return written;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count)
    {
        caller.Write(buffer, offset, count);
        copy.Append(buffer.AsSpan(offset, count));
    }

    public override void Flush() => caller.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => caller.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
