using System.Numerics.Tensors;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.BitCentering;

/// <summary>
/// Minimises a finite sum from the origin with one of five solvers. HALP and the others follow De Sa et al., "High-Accuracy Low-Precision
/// Training" (arXiv 1803.03383), algorithms 1 to 3. Rounding is simulated in double precision, so results show accuracy, not speed.
/// </summary>
internal sealed class Solver
{
    private const ulong SampleStream = 31;
    private const double FirstMu = 1;

    private readonly IFiniteSum _sum;
    private readonly SolverKind _kind;
    private readonly SolverOptions _options;
    private readonly double[] _centre;
    private readonly double[] _full;
    private readonly double[] _change;
    private readonly double[] _point;
    private readonly double[] _here;
    private readonly double[] _there;
    private readonly int[] _rows;
    private readonly int[] _clamped;
    private SplitMix64 _random;

    private Solver(IFiniteSum sum, SolverKind kind, SolverOptions options)
    {
        options.Check();
        (_sum, _kind, _options) = (sum, kind, options);
        var d = sum.Dimension;
        (_centre, _full, _change, _point, _here, _there) = (new double[d], new double[d], new double[d], new double[d], new double[d], new double[d]);
        _clamped = new int[d];
        _rows = new int[Math.Min(options.Batch, sum.Count)];
        _random = SplitMix64.Stream(options.Seed, SampleStream, 0);
    }

    /// <returns>The weights, and the state after each epoch.</returns>
    public static (double[] Weights, IReadOnlyList<EpochTrace> Trace) Run(
        IFiniteSum sum, SolverKind kind, SolverOptions options, CancellationToken cancellationToken = default)
    {
        var solver = new Solver(sum, kind, options);
        var trace = solver.Epochs(cancellationToken);
        return (solver._centre, trace);
    }

    private List<EpochTrace> Epochs(CancellationToken cancellationToken)
    {
        var trace = new List<EpochTrace>();
        var mu = new AutoMu(_options.Mu ?? FirstMu);
        var before = new double[_centre.Length];
        _sum.Gradient(_centre, default, _full);
        var (norm, objective) = (TensorPrimitives.Norm<double>(_full), _sum.Objective(_centre));
        var enough = norm * _options.Enough;
        for (var epoch = 1; epoch <= _options.Epochs && (epoch == 1 || norm > enough); epoch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _centre.CopyTo(before, 0);
            var used = mu.Mu;
            var (saturated, most) = Inner(used);
            _sum.Gradient(_centre, default, _full);
            var (now, then) = (TensorPrimitives.Norm<double>(_full), _sum.Objective(_centre));

            // Both are compared: near the optimum the objective is rounding error, far from it the gradient may grow while the objective falls.
            var restored = _kind == SolverKind.Halp && _options.Mu is null && !(now <= norm || then < objective);
            if (restored)
            {
                before.CopyTo(_centre, 0);
                _sum.Gradient(_centre, default, _full);
                mu.Restored(most);
            }
            else
            {
                (norm, objective) = (now, then);
                if (_options.Mu is null)
                {
                    mu.Kept(most);
                }
            }

            trace.Add(new EpochTrace(epoch, norm, objective, _kind == SolverKind.Halp ? used : 0, saturated, restored));
        }

        return trace;
    }

    // One epoch from _centre, where the full gradient is _full. Returns the share of clamped roundings, of all weights and of the weight clamped most often.
    private (double Saturated, double Most) Inner(double mu)
    {
        var steps = Math.Max(1, (int)(_options.InnerPasses * _sum.Count / _rows.Length));
        var grids = Grids(mu);
        var reduced = _kind is SolverKind.Svrg or SolverKind.LpSvrg or SolverKind.Halp;
        Array.Clear(_change);
        Array.Clear(_clamped);
        for (var step = 0; step < steps; step++)
        {
            for (var r = 0; r < _rows.Length; r++)
            {
                _rows[r] = _random.NextInt(_sum.Count);
            }

            TensorPrimitives.Add(_centre, _change, _point);
            _sum.Gradient(_point, _rows, _here);
            if (reduced)
            {
                _sum.Gradient(_centre, _rows, _there);
                TensorPrimitives.Subtract(_here, _there, _here);
                TensorPrimitives.Add(_here, _full, _here);
            }

            TensorPrimitives.MultiplyAdd(_here, -_options.Rate, _change, _change);
            if (grids is not null)
            {
                Round(grids);
            }
        }

        TensorPrimitives.Add(_centre, _change, _centre);
        return (_clamped.Average() / steps, (double)_clamped.Max() / steps);
    }

    // HALP rounds the change, the fixed grids the weights themselves.
    private void Round(LowPrecisionGrid[] grids)
    {
        var start = 0;
        var fixedGrid = _kind != SolverKind.Halp;
        if (fixedGrid)
        {
            TensorPrimitives.Add(_change, _centre, _change);
        }

        for (var block = 0; block < grids.Length; block++)
        {
            grids[block].Round(_change.AsSpan(start.._sum.Blocks[block]), _clamped.AsSpan(start.._sum.Blocks[block]), ref _random);
            start = _sum.Blocks[block];
        }

        if (fixedGrid)
        {
            TensorPrimitives.Subtract(_change, _centre, _change);
        }
    }

    private LowPrecisionGrid[]? Grids(double mu)
    {
        if (_kind is SolverKind.Sgd or SolverKind.Svrg)
        {
            return null;
        }

        var grids = new LowPrecisionGrid[_sum.Blocks.Count];
        for (var (block, start) = (0, 0); block < grids.Length; start = _sum.Blocks[block++])
        {
            grids[block] = LowPrecisionGrid.Reaching(
                _options.Bits, _kind == SolverKind.Halp ? TensorPrimitives.Norm<double>(_full.AsSpan(start.._sum.Blocks[block])) / mu : _options.FixedReach);
        }

        return grids;
    }
}
