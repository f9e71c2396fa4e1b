using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>Which monitor is judged: a file's, one trained on each file's reference, or the calibrated maximum softmax.</summary>
internal sealed class MonitorChoice
{
    public const string Calibrated = "calibrated";
    public const string Train = "train";
    private readonly byte[]? _file;
    private readonly bool _train;
    private readonly ulong _seed;

    private MonitorChoice(byte[]? file, bool train, ulong seed) => (_file, _train, _seed) = (file, train, seed);

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="MonitorFileException">It is no monitor.</exception>
    /// <exception cref="DllNotFoundException">A monitor is to be trained and libtorch is missing.</exception>
    public static MonitorChoice Of(string text, int seed)
    {
        switch (text)
        {
            case Calibrated:
                return new MonitorChoice(null, train: false, 0);
            case Train:
                TorchRuntime.Require();
                return new MonitorChoice(null, train: true, (ulong)seed);
            default:
                var bytes = File.ReadAllBytes(text);
                EnsembleScorer.Load(bytes, new ScorerOptions()).Dispose();
                return new MonitorChoice(bytes, train: false, 0);
        }
    }

    /// <summary>Null: the calibrated maximum softmax, which needs no scorer.</summary>
    public IMonitorScorer? For(ReferenceSet? reference, CancellationToken cancellation)
    {
        if (_file is not null)
        {
            return EnsembleScorer.Load(_file, new ScorerOptions());
        }

        return _train && reference is not null
            ? EnsembleScorer.Load(MonitorTrainer.Train(reference, new TrainingOptions { Seed = _seed }, null, cancellation).Onnx, new ScorerOptions())
            : null;
    }
}
