namespace AccuracyMonitor.Client;

/// <summary>Everything that attaches held inputs by itself, such as the sessions of several models. Thread-safe.</summary>
/// <param name="missed">Called for a wanted label whose input none of them holds.</param>
internal sealed class Attachers(Action missed)
{
    private readonly Lock _gate = new();
    private volatile Func<string, bool>[] _all = [];

    /// <param name="attach">Given a prediction's id. False: its input is not held.</param>
    /// <returns>Removes it.</returns>
    public IDisposable Add(Func<string, bool> attach)
    {
        lock (_gate)
        {
            _all = [.. _all, attach];
        }

        return new Registration(this, attach);
    }

    public void Attach(string id)
    {
        var all = _all;
        if (all.Length > 0 && !Array.Exists(all, a => a(id)))
        {
            missed();
        }
    }

    private void Remove(Func<string, bool> attach)
    {
        lock (_gate)
        {
            _all = [.. _all.Where(a => a != attach)];
        }
    }

    private sealed class Registration(Attachers owner, Func<string, bool> attach) : IDisposable
    {
        public void Dispose() => owner.Remove(attach);
    }
}
