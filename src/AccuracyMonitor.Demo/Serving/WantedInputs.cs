using AccuracyMonitor.Client;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Protocol;

namespace AccuracyMonitor.Demo.Serving;

/// <summary>
/// Keeps, and attaches, the inputs whose labels the monitor wants: every input is held for the moment until the monitor has answered, and only the wanted
/// ones stay. Both are bounded.
/// </summary>
internal sealed class WantedInputs
{
    // The client gives up on an answer after 10 s; an input held longer can't be asked for any more.
    private static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    private readonly KeepRing<byte[]> _held;
    private readonly KeepRing<byte[]> _wanted;
    private readonly MonitorClient? _client;
    private long _requested;
    private long _missed;

    /// <param name="client">Null: nobody asks, and nothing is held.</param>
    /// <param name="options">How many.</param>
    /// <param name="time">Measures the ages of the inputs.</param>
    public WantedInputs(MonitorClient? client, ServingOptions options, TimeProvider time)
    {
        _client = client;
        _held = new KeepRing<byte[]>(client is null ? 0 : options.HeldInputs, HeldFor, time);
        _wanted = new KeepRing<byte[]>(options.WantedInputs, KeptFor, time);
        if (client is not null)
        {
            client.LabelRequested += (_, request) => Keep(request.PredictionId);
        }
    }

    /// <summary>Labels the monitor asked for.</summary>
    public long Requested => Volatile.Read(ref _requested);

    /// <summary>Asked for after the input was gone.</summary>
    public long Missed => Volatile.Read(ref _missed);

    public int Kept => _wanted.Count;

    public void Hold(string id, byte[] image) => _held.Hold(id, image);

    /// <summary>The input of a wanted label. It stays until it is too old or too many are wanted.</summary>
    public bool TryGet(string id, out byte[] image)
    {
        if (!_wanted.TryTake(id, out image))
        {
            return false;
        }

        _wanted.Hold(id, image);
        return true;
    }

    private void Keep(string id)
    {
        Interlocked.Increment(ref _requested);
        if (_held.TryTake(id, out var image))
        {
            _wanted.Hold(id, image);
            _client!.AttachInput(id, NpyFormat.ContentType, NpyFormat.Write("|u1", [LabelledImages.Side, LabelledImages.Side], image));
        }
        else
        {
            Interlocked.Increment(ref _missed);
        }
    }
}
