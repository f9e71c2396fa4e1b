using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Stress;

/// <summary>
/// Minimises a function in a box by values alone (Kennedy and Eberhart 1995; inertia: Shi and Eberhart 1998). Each particle has its own best position and
/// keeps its velocity from step to step; all are attracted by the best position of all steps.
/// </summary>
internal sealed class ParticleSwarm
{
    private readonly float[] _lower;
    private readonly float[] _upper;
    private readonly SwarmOptions _options;
    private readonly Values _values;
    private readonly float[] _velocities;
    private readonly float[] _ownBest;
    private readonly double[] _ownValues;
    private readonly double[] _current;
    private SplitMix64 _random;

    /// <summary>Draws the particles uniformly in the box and evaluates them.</summary>
    /// <param name="lower">m bounds.</param>
    /// <param name="upper">m bounds, none below its lower one.</param>
    /// <param name="values">The function, of all particles at once.</param>
    /// <param name="options">In range.</param>
    /// <param name="random">Source of all randomness.</param>
    public ParticleSwarm(float[] lower, float[] upper, Values values, SwarmOptions options, SplitMix64 random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(upper.Length, lower.Length);
        (_lower, _upper, _options, _values, _random) = (lower, upper, options, values, random);
        var size = options.Particles * lower.Length;
        (Positions, _velocities) = (new float[size], new float[size]);
        (_ownValues, _current) = (new double[options.Particles], new double[options.Particles]);
        for (var i = 0; i < size; i++)
        {
            var width = upper[i % lower.Length] - lower[i % lower.Length];
            Positions[i] = lower[i % lower.Length] + (float)(_random.NextDouble() * width);
            _velocities[i] = (float)(((2 * _random.NextDouble()) - 1) * options.MostVelocity * width);
        }

        _ownBest = [.. Positions];
        _ownValues.AsSpan().Fill(double.PositiveInfinity);
        Best = new float[lower.Length];
        Ask();
    }

    /// <param name="positions">Row-major particles×m.</param>
    /// <param name="values">Particles, to be written.</param>
    public delegate void Values(ReadOnlySpan<float> positions, Span<double> values);

    /// <summary>Row-major particles×m.</summary>
    public float[] Positions { get; }

    /// <summary>Position of the smallest value of all steps.</summary>
    public float[] Best { get; }

    public double BestValue { get; private set; } = double.PositiveInfinity;

    /// <summary>Evaluations so far.</summary>
    public int Evaluations { get; private set; }

    /// <summary>Steps until the value is below <paramref name="enough"/> or the iterations are used up.</summary>
    public void Run(double enough, CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < _options.Iterations && !(BestValue < enough); i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Step();
        }
    }

    public void Step()
    {
        var m = _lower.Length;
        for (var i = 0; i < Positions.Length; i++)
        {
            var j = i % m;
            var most = _options.MostVelocity * (_upper[j] - _lower[j]);
            var velocity = (_options.Inertia * _velocities[i])
                + (_options.OwnPull * _random.NextDouble() * (_ownBest[i] - Positions[i]))
                + (_options.SwarmPull * _random.NextDouble() * (Best[j] - Positions[i]));
            _velocities[i] = (float)Math.Clamp(velocity, -most, most);
            Positions[i] = Math.Clamp(Positions[i] + _velocities[i], _lower[j], _upper[j]);
        }

        Ask();
    }

    private void Ask()
    {
        var m = _lower.Length;
        _values(Positions, _current);
        Evaluations += _current.Length;
        for (var particle = 0; particle < _current.Length; particle++)
        {
            if (!(_current[particle] < _ownValues[particle]))
            {
                continue;
            }

            _ownValues[particle] = _current[particle];
            var position = Positions.AsSpan(particle * m, m);
            position.CopyTo(_ownBest.AsSpan(particle * m));
            if (_current[particle] < BestValue)
            {
                BestValue = _current[particle];
                position.CopyTo(Best);
            }
        }
    }
}
