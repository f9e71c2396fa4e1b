using System.Collections.Concurrent;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Monitors;

/// <summary>The monitor a model version starts with: the stored champion, else the configured file, else the maximum softmax.</summary>
internal sealed class StartingMonitors(
    IOptions<MonitorOptions> options,
    MonitorLoader loader,
    MonitorSignatures signatures,
    WorkFailures failures,
    TimeProvider time,
    ILogger<StartingMonitors> logger) : IStartingMonitors
{
    /// <summary>Version of the maximum softmax taken as it is.</summary>
    public const string SoftmaxVersion = "softmax";

    private readonly ConcurrentDictionary<ModelKey, MonitorLease> _stored = new();
    private const int ReadAttempts = 10;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ModelKey, Func<MonitorLease?>> _readLater = new();
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>Reads and checks every configured file, so that a damaged one stops the start (<see cref="MonitorOptions.Required"/>) and not the first
    /// prediction.</summary>
    /// <exception cref="MonitorFileException">A file is damaged, foreign, of another format or not signed; the message names it.</exception>
    public void ReadFiles()
    {
        foreach (var path in options.Value.ByModel.Values.Append(options.Value.Artifact).Where(p => p.Length > 0).Distinct(StringComparer.Ordinal))
        {
            try
            {
                var file = File.ReadAllBytes(path);
                signatures.CheckFile(path, file);
                var bytes = Unpacked(file);
                loader.Load(bytes, classCount: null).Dispose();
                _files[path] = bytes;
            }
            catch (Exception e) when (!options.Value.Required && (e is MonitorFileException or IOException or UnauthorizedAccessException))
            {
                SidecarLog.MonitorFileUnusable(logger, path, e.Message);
            }
            catch (MonitorFileException e)
            {
                throw new MonitorFileException($"Monitor file '{path}': {e.Message}", e);
            }
        }
    }

    // A ternary monitor is scored, stored and adapted in its ONNX form like any other.
    private static byte[] Unpacked(byte[] file)
    {
        if (!TernaryFile.IsTernary(file))
        {
            return file;
        }

        var (metadata, weights) = TernaryFile.Read(file);
        return MonitorFile.Write(metadata, weights.ToDense()).Onnx;
    }

    /// <summary>Keeps the champion of an earlier run until the model version is seen again.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="champion">Owned from here on.</param>
    public void Stored(ModelKey key, MonitorLease champion) => _stored[key] = champion;

    /// <summary>A model version is not in use; when it is seen, its champion is read from the store.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="read">Gives null where it has none. May throw <see cref="MonitorFileException"/>, <see cref="StoreException"/> and
    /// <see cref="BusyException"/>.</param>
    public void ReadWhenSeen(ModelKey key, Func<MonitorLease?> read) => _readLater[key] = read;

    /// <summary>Forgets the champions of the versions for which a condition holds: they are deleted from the store.</summary>
    public void ForgetStored(Func<ModelKey, bool> condition)
    {
        foreach (var key in _readLater.Keys.Where(condition))
        {
            _readLater.TryRemove(key, out _);
        }

        foreach (var key in _stored.Keys.Where(condition))
        {
            if (_stored.TryRemove(key, out var champion))
            {
                champion.Dispose();
            }
        }
    }

    /// <summary>The configured file's bytes for a model, or null.</summary>
    public byte[]? FileFor(string model)
    {
        var path = options.Value.ByModel.GetValueOrDefault(model, options.Value.Artifact);
        return _files.GetValueOrDefault(path);
    }

    public MonitorLease? AtHand(ModelKey key, int classCount)
    {
        if (_stored.TryRemove(key, out var champion))
        {
            if ((champion.Monitor.Scorer.ClassCount ?? classCount) == classCount)
            {
                return champion;
            }

            champion.Dispose();
        }

        return FileFor(key.Model) is null && !_readLater.ContainsKey(key) ? Fallback() : null;
    }

    public MonitorLease? Load(ModelKey key, int classCount)
    {
        try
        {
            return LoadInTurn(key, classCount);
        }
        catch (BusyException e)
        {
            SidecarLog.MonitorWaits(logger, key.ToString(), e.Message);
            return null;
        }
    }

    /// <exception cref="BusyException">Others were loaded all the time.</exception>
    private MonitorLease LoadInTurn(ModelKey key, int classCount)
    {
        if (_readLater.TryGetValue(key, out var read) && Read(key, read) is { } champion)
        {
            if ((champion.Monitor.Scorer.ClassCount ?? classCount) == classCount)
            {
                return champion;
            }

            champion.Dispose();
        }

        if (FileFor(key.Model) is not { } bytes)
        {
            return Fallback();
        }

        try
        {
            var scorer = loader.Load(bytes, classCount);
            return MonitorLease.OfCreator(
                new MonitorSnapshot(new SharedScorer(scorer), null, scorer.Version, scorer.Version, bytes, Proven: true, TrainedThrough: 0));
        }
        catch (MonitorFileException e)
        {
            SidecarLog.MonitorUnusable(logger, key.ToString(), e.Message);
            return Fallback();
        }
    }

    public void Failed(ModelKey key, Exception exception)
    {
        if (exception is StoreException)
        {
            SidecarLog.MonitorUnusable(logger, key.ToString(), exception.Message);
        }
        else
        {
            failures.Report("monitor", $"Loading the monitor of {key}", exception);
        }
    }

    /// <summary>Not taken for absent by one failed read: it would be replaced.</summary>
    private MonitorLease? Read(ModelKey key, Func<MonitorLease?> read)
    {
        MonitorLease? champion = null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                champion = read();
                break;
            }
            catch (MonitorFileException e)
            {
                SidecarLog.MonitorUnusable(logger, key.ToString(), e.Message);
                break;
            }
            catch (StoreException) when (attempt < ReadAttempts)
            {
                // On a thread of its own; predictions wait.
                Task.Delay(RetryAfter, time).Wait();
            }
        }

        _readLater.TryRemove(key, out _);
        return champion;
    }

    public MonitorLease Fallback() => MonitorLease.OfCreator(new MonitorSnapshot(
        new SharedScorer(new CalibratedScoreScorer(ScoreCalibration.Identity, SoftmaxVersion)), null, SoftmaxVersion, SoftmaxVersion, [], Proven: false,
        TrainedThrough: 0));
}
