using System.Diagnostics;
using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.BitCentering;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Benchmarks.Training;

/// <summary>Compares the solvers on one monitor and the labels of one condition: on its last layer (convex) and on the whole network (not
/// convex).</summary>
internal static class HalpBench
{
    private const ulong MemberStream = 35;

    // The final gradient norm of a noisy solver is a mean over its last epochs.
    private const int Last = 5;

    // λ. The value used for adaptation (a hundredth of this at a thousand labels) gives a problem so ill conditioned that no solver makes
    // progress in thirty epochs.
    private const double HeadPenalty = 0.01;

    // The whole network needs more and smaller steps with less noise. The penalty is ten nats for a change of length 1, over all samples.
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
    /// <param name="labels">Labels used for fitting.</param>
    /// <param name="test">Labels used for judging; same K.</param>
    /// <param name="wholeNetwork">True: all weights; false: the last layer only.</param>
    /// <param name="epochs">Number of full gradients.</param>
    /// <param name="seed">Seed of members, samples and rounding.</param>
    /// <param name="cancellationToken">Checked between two epochs.</param>
    public static IReadOnlyList<HalpRow> Run(
        ReadOnlyMemory<byte> monitor, ReferenceSet labels, ReferenceSet test, bool wholeNetwork, int epochs, ulong seed,
        CancellationToken cancellationToken = default)
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

        // The fixed grids get the finest range that contains the solution, although it is not known in advance in practice.
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
                    c.Kind, c.Bits, trace[Math.Min(10, trace.Count) - 1].GradientNorm, trace.TakeLast(Last).Average(t => t.GradientNorm), trace[^1].Objective,
                    trace,
                    ScoreMetrics.Of(DenseMembers.Calibrated(shape, changed, judged), [.. judged.Correct.Select(y => y > 0)]), seconds);
            }),
        ];
    }
}

/// <summary>Result of one solver.</summary>
/// <param name="Kind">Solver.</param>
/// <param name="Bits">Bits of the weights or of the change; 0: full precision.</param>
/// <param name="GradientAt10">‖∇f‖ after ten epochs.</param>
/// <param name="GradientAtEnd">Mean of ‖∇f‖ over the last five epochs.</param>
/// <param name="Objective">Objective at the end, in nats.</param>
/// <param name="Trace">Trace by epoch.</param>
/// <param name="Test">Metrics on rows that were not used for fitting.</param>
/// <param name="Seconds">Duration of the solver in seconds.</param>
internal sealed record HalpRow(
    SolverKind Kind, int Bits, double GradientAt10, double GradientAtEnd, double Objective, IReadOnlyList<EpochTrace> Trace, ScoreMetrics Test, double Seconds);
