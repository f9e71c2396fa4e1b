using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Networks;

/// <summary>A monitor network in training: by TorchSharp in single precision, or quantized over plain spans.</summary>
internal interface IMonitorNetwork : IDisposable
{
    /// <summary>One pass over the data in the order given, each sample through one member drawn at random.</summary>
    /// <returns>Mean weighted loss of the members, nats.</returns>
    double Epoch(TrainingData data, int[] order, int batchSize, ref SplitMix64 random, CancellationToken cancellationToken);

    /// <summary>Raw logits (before calibration) of every member, row-major n×T.</summary>
    float[] MemberLogits(TrainingData data);

    MonitorWeights Snapshot();
}
