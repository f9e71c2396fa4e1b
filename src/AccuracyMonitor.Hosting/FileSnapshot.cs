namespace AccuracyMonitor.Hosting;

/// <summary>
/// What some files say, read again when they have changed. By looking and not by notification: a mounted Secret changes by a swap of symbolic
/// links, which watchers miss. Files that cannot be used, as while they are being replaced, leave the value before them in place.
/// </summary>
/// <typeparam name="T">Immutable.</typeparam>
public sealed class FileSnapshot<T>
    where T : class
{
    /// <summary>How often the files are looked at, when somebody asks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<string> _paths;
    private readonly Func<IReadOnlyList<string>, T> _parse;
    private readonly Action<Exception> _failed;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private string[] _texts;
    private T _current;
    private string? _problem;
    private long _looked;

    /// <param name="paths">Of the files.</param>
    /// <param name="parse">From their texts, in the order of <paramref name="paths"/>.</param>
    /// <param name="failed">Told when changed files cannot be used.</param>
    /// <param name="time">Measures the interval.</param>
    /// <exception cref="Exception">The files cannot be read, or whatever <paramref name="parse"/> throws.</exception>
    public FileSnapshot(IReadOnlyList<string> paths, Func<IReadOnlyList<string>, T> parse, Action<Exception> failed, TimeProvider time)
    {
        (_paths, _parse, _failed, _time) = (paths, parse, failed, time);
        _texts = Read();
        _current = parse(_texts);
        _looked = time.GetTimestamp();
    }

    /// <summary>The value of the last files that could be used.</summary>
    public T Current
    {
        get
        {
            if (_time.GetElapsedTime(Volatile.Read(ref _looked)) >= Interval)
            {
                Look();
            }

            return Volatile.Read(ref _current);
        }
    }

    /// <summary>Why the files cannot be used as they are now; null: they can.</summary>
    public string? Problem
    {
        get
        {
            _ = Current;
            return Volatile.Read(ref _problem);
        }
    }

    private void Look()
    {
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            Volatile.Write(ref _looked, _time.GetTimestamp());
            var texts = Read();
            if (!texts.SequenceEqual(_texts, StringComparer.Ordinal))
            {
                Volatile.Write(ref _current, _parse(texts));
                _texts = texts;
            }

            Volatile.Write(ref _problem, null);
        }
#pragma warning disable CA1031 // Whatever is wrong with the new files, the value before them stays in use.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Volatile.Write(ref _problem, e.Message);
            _failed(e);
        }
        finally
        {
            _gate.Exit();
        }
    }

    private string[] Read() => [.. _paths.Select(BoundedFile.ReadText)];
}
