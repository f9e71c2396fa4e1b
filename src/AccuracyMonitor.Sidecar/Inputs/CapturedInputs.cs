using AccuracyMonitor.Capture;
using AccuracyMonitor.Core;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Inputs;

namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>Keeps the inputs that the tap and the sink have captured. What the store refuses is counted.</summary>
/// <param name="inputs">Lazy: the tap's reader is made before the store is opened.</param>
internal sealed class CapturedInputs(Lazy<InputStore> inputs) : ICapturedInputs
{
    public async Task AttachAsync(string model, string version, string predictionId, string contentType, ReadOnlyMemory<byte> content)
    {
        try
        {
            await inputs.Value.AttachAsync(new ModelKey(model, version), predictionId, new StoredInput(contentType, content), Actor.Sidecar);
        }
        catch (Exception e) when (e is StoreException or ObjectDisposedException or ArgumentException)
        {
            inputs.Value.CountMissing(InputMetrics.StoreError, 1);
        }
    }

    public void Missing(InputLoss loss, int count) => inputs.Value.CountMissing(
        loss switch { InputLoss.RingOverrun => InputMetrics.RingOverrun, InputLoss.TooLarge => InputMetrics.TooLarge, _ => InputMetrics.Undecodable }, count);
}
