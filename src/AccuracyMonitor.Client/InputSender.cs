using System.Threading.Channels;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Client;

/// <summary>Sends the inputs of requested predictions one after the other. Bounded in number and bytes; what can't be sent is dropped and counted.</summary>
internal sealed class InputSender(MonitorClientOptions options, GrpcChannel channel, ClientCounters counters, ILogger logger, TimeProvider time)
{
    public const int MaxWaitingBytes = 16 * 1024 * 1024;
    private const int MaxWaiting = 1024;
    private const int Attempts = 4;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);

    private readonly Channel<Waiting> _waiting =
        Channel.CreateBounded<Waiting>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly LabelService.LabelServiceClient _labels = new(channel);
    private long _bytes;

    /// <returns>False if it was not taken; that is counted.</returns>
    public bool TryAdd(string predictionId, string contentType, ReadOnlyMemory<byte> content)
    {
        var isTaken = content.Length is > 0 and <= MaxWaitingBytes && Interlocked.Add(ref _bytes, content.Length) <= MaxWaitingBytes;
        if (isTaken && _waiting.Writer.TryWrite(new Waiting(predictionId, contentType, content)))
        {
            return true;
        }

        if (content.Length is > 0 and <= MaxWaitingBytes)
        {
            Interlocked.Add(ref _bytes, -content.Length);
        }

        counters.CountInputDropped();
        return false;
    }

    /// <summary>Sends until <see cref="Close"/>, and then what still waits.</summary>
    /// <param name="abort">Drop what waits.</param>
    public async Task RunAsync(CancellationToken abort)
    {
        await foreach (var input in _waiting.Reader.ReadAllAsync(CancellationToken.None))
        {
            if (abort.IsCancellationRequested || !await SendAsync(input, abort))
            {
                counters.CountInputDropped();
            }
            else
            {
                counters.CountInputAttached();
            }

            Interlocked.Add(ref _bytes, -input.Content.Length);
        }
    }

    public void Close() => _waiting.Writer.TryComplete();

    private async Task<bool> SendAsync(Waiting input, CancellationToken abort)
    {
        var request = new AttachInputRequest
        {
            Model = options.Model,
            Version = options.Version,
            PredictionId = input.PredictionId,
            ContentType = input.ContentType,
            Content = UnsafeByteOperations.UnsafeWrap(input.Content),
        };
        var delay = FirstDelay;
        for (var attempt = 1; ; attempt++, delay *= 2)
        {
            try
            {
                using var limit = new CancellationTokenSource(options.ResponseTimeout, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, abort);
                var outcome = (await _labels.AttachInputAsync(request, cancellationToken: either.Token)).Outcome;
                if (outcome.Code is OutcomeCode.Ok or OutcomeCode.Unchanged or OutcomeCode.Replaced)
                {
                    return true;
                }

                ClientLog.InputRefused(logger, input.PredictionId, outcome.Reason);
                return false;
            }
            catch (RpcException e) when (attempt < Attempts && !abort.IsCancellationRequested
                && e.StatusCode is StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.DeadlineExceeded)
            {
                await Task.Delay(delay, time, abort).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
#pragma warning disable CA1031 // Whatever goes wrong here must not reach the serving application.
            catch (Exception e)
#pragma warning restore CA1031
            {
                ClientLog.InputRefused(logger, input.PredictionId, e.Message);
                return false;
            }
        }
    }

    private readonly record struct Waiting(string PredictionId, string ContentType, ReadOnlyMemory<byte> Content);
}
