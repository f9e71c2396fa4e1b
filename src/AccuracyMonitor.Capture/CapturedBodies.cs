using AccuracyMonitor.Capture.Bodies;
using AccuracyMonitor.Capture.OpenInference;

namespace AccuracyMonitor.Capture;

/// <summary>Attaches the inputs that held requests carry. One body is unpacked at a time. The others wait in the ring, whose bound holds for them.</summary>
internal sealed class CapturedBodies(
    ICapturedInputs inputs, CaptureInputOptions settings, ICaptureMetrics metrics, TimeProvider time, ILogger<CapturedBodies> logger) : IDisposable
{
    /// <summary>Most requests that wait. Those that the ring gave up are among them.</summary>
    private const int MaxWaiting = 1024;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly LogLimiter _defects = new(time, TimeSpan.FromMinutes(1));
    private int _waiting;

    /// <summary>Completes when the inputs are stored, or their loss is counted.</summary>
    /// <param name="request">Released by the caller, after that.</param>
    /// <param name="rows">Of the answer to it.</param>
    /// <param name="requested">The rows whose labels are requested.</param>
    public async Task AttachAsync(HeldRequest request, AnsweredRows rows, IReadOnlyList<RequestedRow> requested)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            inputs.Missing(InputLoss.RingOverrun, requested.Count);
            return;
        }

        await _turn.WaitAsync().ConfigureAwait(false);
        var done = 0;
        try
        {
            var (tensors, loss) = Read(request);
            for (; done < requested.Count; done++)
            {
                if (tensors is not null && RowInput.Of(tensors, rows.Call.RowOf(requested[done].Id), rows.Count) is { } input)
                {
                    await inputs.AttachAsync(rows.Model, rows.Version, requested[done].Kept, input.ContentType, input.Content).ConfigureAwait(false);
                }
                else
                {
                    inputs.Missing(loss, 1);
                }
            }
        }
#pragma warning disable CA1031 // One request that meets a defect of ours is counted, and the log has the exception; nobody awaits what the caller started.
        catch (Exception e)
#pragma warning restore CA1031
        {
            inputs.Missing(InputLoss.Undecodable, requested.Count - done);
            metrics.Defects(1);
            if (_defects.Count() is > 0 and var count)
            {
                CaptureLog.InputsFailed(logger, count, e);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <returns>Why a row has no input goes with it.</returns>
    private (IReadOnlyList<InputTensor>? Tensors, InputLoss Loss) Read(HeldRequest request)
    {
        if (request.Take() is not { } body)
        {
            return (null, request.Loss);
        }

        var tensors = RequestInputs.Read(body, (int)Math.Min(settings.MaxBytes / 4, Array.MaxLength), out var isTooLarge);
        return (tensors, isTooLarge ? InputLoss.TooLarge : InputLoss.Undecodable);
    }
}
