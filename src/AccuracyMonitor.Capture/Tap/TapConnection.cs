using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>
/// A caller's connection and the one to the model server that belongs to it alone. Bytes pass as they come, and one ends when and as the other does;
/// what is read of them, and what fails in reading, changes nothing but the id that an answer carries.
/// </summary>
internal sealed class TapConnection(ConnectionContext caller, TapPort port, UnreachableLog log)
{
    /// <summary>How long a caller without a model server may take to read its answer.</summary>
    private static readonly TimeSpan LastAnswer = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private ConnectionReader? _reader = port.NewReader();
    private volatile bool _isDraining;
    private volatile bool _isOver;

    public async Task RunAsync()
    {
        UpstreamConnection server;
        try
        {
            server = await port.Upstream.ConnectAsync(caller.ConnectionClosed);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (IOException e)
        {
            await AnswerAsync(e);
            return;
        }

        await using (server)
        {
            using var drain = caller.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested.Register(() => Drain(server));
            await Task.WhenAll(PassRequestsAsync(server), PassAnswersAsync(server));
        }
    }

    private async Task PassRequestsAsync(UpstreamConnection server)
    {
        var end = await new Pump(caller.Transport.Input, server.Output, b => Next(b, isOfCaller: true), () => _isOver).RunAsync();
        switch (end)
        {
            case PumpEnd.Ended:
                await server.EndSendingAsync();
                break;

            case PumpEnd.SenderBroke when !_isOver:
                End(CallOutcome.Cancelled, isOrderly: false);
                server.Abort();
                break;
        }
    }

    private async Task PassAnswersAsync(UpstreamConnection server)
    {
        var end = await new Pump(server.Input, caller.Transport.Output, b => Next(b, isOfCaller: false), MustStop).RunAsync();
        _isOver = true;
        switch (end)
        {
            case PumpEnd.Ended or PumpEnd.Stopped:
                End(caller.ConnectionClosed.IsCancellationRequested ? CallOutcome.Cancelled : CallOutcome.Unreachable, isOrderly: true);
                await caller.Transport.Output.CompleteAsync();
                break;

            case PumpEnd.SenderBroke:
                End(caller.ConnectionClosed.IsCancellationRequested ? CallOutcome.Cancelled : CallOutcome.Unreachable, isOrderly: false);
                caller.Abort(new ConnectionAbortedException("The model server broke the connection off."));
                break;

            case PumpEnd.ReceiverGone:
                End(CallOutcome.Cancelled, isOrderly: false);
                server.Abort();
                break;
        }

        caller.Transport.Input.CancelPendingRead();
    }

    /// <summary>Reads calls until there is one, and says that there is no model server.</summary>
    private async Task AnswerAsync(IOException cause)
    {
        var (input, output) = (caller.Transport.Input, caller.Transport.Output);
        try
        {
            await output.WriteAsync(_reader!.Greeting);
            while (_reader is { IsIdle: true })
            {
                var read = await input.ReadAsync();
                var rest = read.Buffer;
                while (Next(rest, isOfCaller: true) is { Pass: > 0 } step)
                {
                    rest = rest.Slice(step.Pass);
                }

                input.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }

            if (_reader is { IsIdle: false } reader)
            {
                await output.WriteAsync(reader.Unreachable());
                log.Write(port.Upstream.Address, cause.Message);
            }

            End(CallOutcome.Unreachable, isOrderly: false);

            // What the caller still sends is read, or the reset of the connection would overtake the answer.
            using var enough = new CancellationTokenSource(LastAnswer);
            for (var isOpen = true; isOpen;)
            {
                var read = await input.ReadAsync(enough.Token);
                input.AdvanceTo(read.Buffer.End);
                isOpen = !read.IsCompleted;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            End(CallOutcome.Cancelled, isOrderly: false);
        }
    }

    private PassingStep Next(ReadOnlySequence<byte> bytes, bool isOfCaller)
    {
        lock (_gate)
        {
            if (_reader is not { } reader)
            {
                return new PassingStep(bytes.Length);
            }

            try
            {
                return isOfCaller ? reader.OfCaller(bytes) : reader.OfServer(bytes);
            }
#pragma warning disable CA1031 // Not the protocol of the port, or a defect of ours: bytes pass all the same, unread.
            catch (Exception)
#pragma warning restore CA1031
            {
                _reader = null;
                reader.End(CallOutcome.Unreachable, isOrderly: false);
                return new PassingStep(bytes.Length);
            }
        }
    }

    private bool MustStop()
    {
        lock (_gate)
        {
            return _isDraining && _reader is { IsIdle: true };
        }
    }

    private void Drain(UpstreamConnection server)
    {
        lock (_gate)
        {
            _isDraining = true;
            _reader?.Drain();
        }

        server.Input.CancelPendingRead();
    }

    private void End(CallOutcome outcome, bool isOrderly)
    {
        lock (_gate)
        {
            _reader?.End(outcome, isOrderly);
            _reader = null;
        }
    }
}
