using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace AccuracyMonitor.Capture.Tests.Tap;

/// <summary>A caller's connection without a socket, so that a test decides what comes when.</summary>
internal sealed class FakeCaller : DefaultConnectionContext, IConnectionLifetimeNotificationFeature
{
    private readonly Pipe _sent = new();
    private readonly Pipe _received = new();
    private readonly CancellationTokenSource _drain = new();
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="output">To which the tap writes; null: what <see cref="ReadAllAsync"/> reads.</param>
    public FakeCaller(PipeWriter? output = null)
    {
        Transport = new Ends(_sent.Reader, output ?? _received.Writer);
        ConnectionClosedRequested = _drain.Token;
        Features.Set<IConnectionLifetimeNotificationFeature>(this);
    }

    public PipeWriter Sends => _sent.Writer;

    public PipeReader Gets => _received.Reader;

    /// <summary>The tap has reset the connection.</summary>
    public Task Aborted => _aborted.Task;

    public CancellationToken ConnectionClosedRequested { get; set; }

    /// <summary>The tap is to stop.</summary>
    public void RequestClose() => _drain.Cancel();

    public async Task SendAsync(byte[] bytes) => await Sends.WriteAsync(bytes);

    public async Task SendAsync(string text) => await SendAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>What came, up to the end of the connection.</summary>
    public async Task<byte[]> ReadAllAsync()
    {
        while (true)
        {
            var read = await Gets.ReadAsync();
            if (read.IsCompleted)
            {
                return read.Buffer.ToArray();
            }

            Gets.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Takes so many bytes.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        var read = await Gets.ReadAtLeastAsync(count);
        var bytes = read.Buffer.Slice(0, count).ToArray();
        Gets.AdvanceTo(read.Buffer.GetPosition(count));
        return bytes;
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _sent.Writer.Complete(abortReason);
        _received.Writer.Complete();
        _aborted.TrySetResult();
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
