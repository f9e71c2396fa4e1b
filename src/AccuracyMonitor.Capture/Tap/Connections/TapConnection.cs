using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace AccuracyMonitor.Capture.Tap.Connections;

/// <summary>
/// A caller's connection and the one to the model server that belongs to it alone. Bytes pass as they come, and one ends when and as the other does;
/// what is read of them, and what fails in reading, changes nothing but the id that an answer carries.
/// </summary>
internal sealed class TapConnection(ConnectionContext caller, TapPort port, UnreachableLog log, TimeProvider time)
{
    private readonly CancellationToken _drain = caller.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
    private readonly ConnectionCalls _calls = new(port.NewReader(), port.Calls.Budget, port.Calls.Failed);

    public async Task RunAsync()
    {
        try
        {
            UpstreamConnection server;
            try
            {
                // Not ended by a caller that has sent its last byte: it still gets its answer.
                server = await port.Upstream.ConnectAsync();
            }
            catch (IOException e)
            {
                log.Write(port.Upstream.Address, e.Message);
                await UnreachableAnswer.GiveAsync(caller, _calls, port.FirstCallWait, time, _drain);
                return;
            }

            await using (server)
            {
                await PassAsync(server);
            }
        }
#pragma warning disable CA1031 // A defect of ours. Both sides have been aborted, or are once this returns.
        catch (Exception e)
#pragma warning restore CA1031
        {
            port.Calls.Failed(e);
        }
        finally
        {
            _calls.End(CallOutcome.Cancelled, isOrderly: false);
        }
    }

    private async Task PassAsync(UpstreamConnection server)
    {
        using var drain = _drain.Register(() =>
        {
            _calls.Drain();
            server.Input.CancelPendingRead();
        });
        var requests = GuardAsync(PassRequestsAsync(server), server);
        await Task.WhenAll(requests, GuardAsync(PassAnswersAsync(server, requests), server));
    }

    /// <summary>A defect in one direction ends both. Otherwise the other one would wait for bytes that never come.</summary>
    private async Task GuardAsync(Task direction, UpstreamConnection server)
    {
        try
        {
            await direction;
        }
        catch
        {
            _calls.Stop();
            server.Abort();
            caller.Abort(new ConnectionAbortedException("The tap failed."));
            caller.Transport.Input.CancelPendingRead();
            throw;
        }
    }

    private async Task PassRequestsAsync(UpstreamConnection server)
    {
        var end = await new Pump(caller.Transport.Input, server.Output, OfCaller).RunAsync();
        switch (end)
        {
            case PumpEnd.Ended:
                await server.EndSendingAsync();
                break;

            case PumpEnd.SenderBroke when !_calls.IsOver:
                _calls.End(CallOutcome.Cancelled, isOrderly: false);
                server.Abort();
                break;
        }

        PassingStep OfCaller(ReadOnlySequence<byte> bytes)
        {
            var step = _calls.OfCaller(bytes);
            if (_calls.MayStop)
            {
                // The caller has cancelled the last call, of which no byte of the server tells.
                server.Input.CancelPendingRead();
            }

            return step;
        }
    }

    private async Task PassAnswersAsync(UpstreamConnection server, Task requests)
    {
        var end = await new Pump(server.Input, caller.Transport.Output, _calls.OfServer, _calls.TryStop).RunAsync();
        var last = _calls.Stop();

        // The server takes no more of a request, or is to get no more.
        server.Output.CancelPendingFlush();
        caller.Transport.Input.CancelPendingRead();
        switch (end)
        {
            case PumpEnd.Ended or PumpEnd.Stopped:
                _calls.End(caller.ConnectionClosed.IsCancellationRequested ? CallOutcome.Cancelled : CallOutcome.Unreachable, isOrderly: true);
                await EndAsync(last, isStopped: end == PumpEnd.Stopped, requests, server);
                break;

            case PumpEnd.SenderBroke:
                _calls.End(caller.ConnectionClosed.IsCancellationRequested ? CallOutcome.Cancelled : CallOutcome.Unreachable, isOrderly: false);
                caller.Abort(new ConnectionAbortedException("The model server broke the connection off."));
                break;

            case PumpEnd.ReceiverGone:
                _calls.End(CallOutcome.Cancelled, isOrderly: false);
                server.Abort();
                break;
        }
    }

    private async Task EndAsync(StoppedCalls last, bool isStopped, Task requests, UpstreamConnection server)
    {
        await requests.WaitAsync(CallerConnection.LastAnswer, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!requests.IsCompleted)
        {
            // The server does not take the end of TLS.
            server.Abort();
        }

        var tellsCaller = isStopped && !last.ClosingFrames.IsEmpty;
        if (tellsCaller)
        {
            await caller.Transport.Output.WriteAsync(last.ClosingFrames, CancellationToken.None);
        }

        if (tellsCaller || last.IsAnsweredEarly)
        {
            await caller.ReadOnAsync(CallerConnection.Quiet, time);
        }

        await caller.Transport.Output.CompleteAsync();
    }
}
