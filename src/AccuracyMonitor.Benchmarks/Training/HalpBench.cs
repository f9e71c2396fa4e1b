using System.Diagnostics;
using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.BitCentering;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Benchmarks.Training;

/// <summary>The solvers side by side on one monitor and the labels of one regime: on its last layer, which is convex, and on the whole network, which is not.</summary>
internal static class HalpBench
{
    private const ulong MemberStream = 35;

    // Floors of a noisy solver are means over its last epochs.
    private const int Last = 5;

    // λ. What adaptation takes, a hundredth of it at a thousand labels, is too ill conditioned for any of them to get anywhere in thirty epochs.
    private const double HeadPenalty = 0.01;

    // The whole network takes longer, in smaller and less noisy steps; ten nats for a change of length 1, over all samples.
    private const double WholeRate = 0.01;
    private const int WholeBatch = 8;
    private const int WholeEpochs = 5;
    private const double WholePenalty = 20;

    /// <summary>The solvers that are compared, with their bits (0: full precision).</summary>
    public static IReadOnlyList<(SolverKind Kind, int Bits)> Contestants { get; } =
    [
        (SolverKind.Sgd, 0), (SolverKind.LpSgd, 8), (SolverKind.LpSgd, 16), (SolverKind.Svrg, 0), (SolverKind.LpSvrg, 8), (SolverKind.LpSvrg, 16),
        (SolverKind.Halp, 4), (SolverKind.Halp, 6), (SolverKind.Halp, 8),
    ];

    /// <param name="monitor">Monitor file.</param>
    /// <param name="labels">Learned from.</param>
    /// <param name="test">Judges; same K.</param>
    /// <param name="wholeNetwork">All weights in place of the last layer's.</param>
    /// <param name="epochs">Full gradients.</param>
    /// <param name="seed">Decides members, samples and rounding.</param>
    /// <param name="cancellationToken">Ends it, between two epochs.</param>
    public static IReadOnlyList<HalpRow> Run(
        ReadOnlyMemory<byte> monitor, ReferenceSet labels, ReferenceSet test, bool wholeNetwork, int epochs, ulong seed, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(test);
        var (shape, weights) = MonitorFile.Read(monitor.Span, labels.ClassCount);
        var (learned, judged) = (TrainingData.From(labels, shape.Encoding), TrainingData.From(test, shape.Encoding));
        var random = SplitMix64.Stream(seed, MemberStream, 0);
        var (head, scale) = HeadProblem.Of(shape, weights, learned, HeadPenalty, membersPerSample: 1, random);
        IFiniteSum problem = wholeNetwork ? new NetworkProblem(shape, weights, learned, WholePenalty / learned.Count, random) : head;
        var solver = wholeNetwork
            ? new SolverOptions { Rate = WholeRate, Batch = WholeBatch, Epochs = epochs * WholeEpochs, Seed = seed }
            : new SolverOptions { Rate = 0.5 / head.Smoothness, Epochs = epochs, Seed = seed };

        // The fixed grids may know how far the answer lies, which nobody knows beforehand: the finest that reaches it.
        var (answer, _) = Solver.Run(problem, SolverKind.Svrg, solver, cancellationToken);
        var reach = Math.Max(1e-6, answer.Max(Math.Abs));
        return
        [
            .. Contestants.Select(c =>
            {
                var watch = Stopwatch.StartNew();
                var (w, trace) = Solver.Run(problem, c.Kind, solver with { Bits = c.Bits == 0 ? 8 : c.Bits, FixedReach = reach }, cancellationToken);
                var seconds = watch.Elapsed.TotalSeconds;
                var changed = wholeNetwork ? NetworkProblem.Changed(weights, w) : HeadProblem.Changed(weights, [.. w.Select(v => (float)(v / scale))]);
                return new HalpRow(
                    c.Kind, c.Bits, trace[Math.Min(10, trace.Count) - 1].GradientNorm, trace.TakeLast(Last).Average(t => t.GradientNorm), trace[^1].Objective, trace,
                    ScoreMetrics.Of(DenseMembers.Calibrated(shape, changed, judged), [.. judged.Correct.Select(y => y > 0)]), seconds);
            }),
        ];
    }
}

/// <summary>What one solver reached.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Bits">Of the weights, or of the change; 0: full precision.</param>
/// <param name="GradientAt10">‖∇f‖ after ten epochs.</param>
/// <param name="GradientAtEnd">Its mean over the last five epochs.</param>
/// <param name="Objective">Nats, at the end.</param>
/// <param name="Trace">By epoch.</param>
/// <param name="Test">On rows that nothing was fitted to.</param>
/// <param name="Seconds">Of the solver.</param>
internal sealed record HalpRow(
    SolverKind Kind, int Bits, double GradientAt10, double GradientAtEnd, double Objective, IReadOnlyList<EpochTrace> Trace, ScoreMetrics Test, double Seconds);
