using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Evaluation;

namespace AccuracyMonitor.Training.Stress;

/// <summary>Trains a monitor with and without the classifier's outputs on adversarial examples in its reference set, so that the hardened monitor gives such
/// outputs a low score.</summary>
public static class MonitorHardening
{
    /// <param name="reference">Clean labelled outputs, as for <see cref="MonitorTrainer.Train"/>.</param>
    /// <param name="adversarial">Outputs on adversarial examples with the true classes; same K, at least one.</param>
    /// <param name="clean">Clean outputs that are in neither of the two; the gate is judged on them.</param>
    /// <param name="options">In range.</param>
    /// <param name="progress">Receives every epoch of both trainings.</param>
    /// <param name="cancellationToken">Checked between two batches.</param>
    /// <exception cref="DllNotFoundException">libtorch is missing.</exception>
    /// <exception cref="ArgumentException">A set is too small or of another K, or an option out of range.</exception>
    public static HardeningResult Run(
        ReferenceSet reference, ReferenceSet adversarial, ReferenceSet clean, HardeningOptions options, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(adversarial);
        ArgumentNullException.ThrowIfNull(clean);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ArgumentOutOfRangeException.ThrowIfZero(adversarial.Count, nameof(adversarial));
        ArgumentOutOfRangeException.ThrowIfZero(clean.Count, nameof(clean));
        ArgumentOutOfRangeException.ThrowIfNotEqual(adversarial.ClassCount, reference.ClassCount, nameof(adversarial));
        ArgumentOutOfRangeException.ThrowIfNotEqual(clean.ClassCount, reference.ClassCount, nameof(clean));

        var plain = MonitorTrainer.Train(reference, options.Training, progress, cancellationToken);
        var trained = Train(reference, adversarial, options.Training, progress, cancellationToken);
        var (before, after) = (MonitorJudge.Of(plain.Onnx, clean), MonitorJudge.Of(trained.Onnx, clean));
        var lost = before.Auroc - after.Auroc;
        var (metadata, weights) = MonitorFile.Read(trained.Onnx);
        var (onnx, described) = MonitorFile.Write(
            metadata with
            {
                TrainingNumbers = new Dictionary<string, string>(metadata.TrainingNumbers, StringComparer.Ordinal)
                {
                    ["hardening.clean_auroc"] = $"{after.Auroc:0.0000}",
                    ["hardening.clean_auroc_without"] = $"{before.Auroc:0.0000}",
                },
            },
            weights);
        return new HardeningResult(
            plain,
            trained with { Onnx = onnx, Metadata = described },
            before,
            after,
            lost <= options.AurocTolerance ? null : $"it loses {lost:0.0000} AUROC on clean outputs; at most {options.AurocTolerance} may be lost");
    }

    /// <summary>Trains the hardened monitor only; the caller judges it.</summary>
    /// <inheritdoc cref="Run" path="/exception"/>
    public static TrainedMonitor Train(
        ReferenceSet reference, ReferenceSet adversarial, TrainingOptions options, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(adversarial);
        ArgumentOutOfRangeException.ThrowIfNotEqual(adversarial.ClassCount, reference.ClassCount, nameof(adversarial));
        var trained = MonitorTrainer.Train(Append(reference, adversarial), options, progress, cancellationToken);
        var (metadata, weights) = MonitorFile.Read(trained.Onnx);
        var (onnx, described) = MonitorFile.Write(
            metadata with
            {
                TrainingNumbers =
                new Dictionary<string, string>(metadata.TrainingNumbers, StringComparer.Ordinal) { ["hardening.rows"] = $"{adversarial.Count}" }
            }, weights);
        return trained with { Onnx = onnx, Metadata = described };
    }

    private static ReferenceSet Append(ReferenceSet first, ReferenceSet second) =>
        new([.. first.Probabilities, .. second.Probabilities], [.. first.Labels, .. second.Labels], first.ClassCount);
}
