using System.Collections.Concurrent;
using AccuracyMonitor.Core;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>
/// The windows of a model version by predicted class: the first <see cref="WindowPlan.Classes"/> classes seen, the others
/// together. All share the gate of the whole, which whoever counts a prediction holds anyway.
/// </summary>
internal sealed class PredictedClasses(ModelKey key, WindowPlan plan, StateBudget budget, Lock gate, long after)
{
    private readonly ConcurrentDictionary<int, SeriesState> _classes = new();
    private readonly Lock _adding = new();
    private bool _closed;

    public IEnumerable<SeriesState> All => _classes.Values;

    /// <summary>The series that counts a class, made on first sight; null: switched off, or no memory is left for it.</summary>
    public SeriesState? Of(int predictedClass)
    {
        if (plan.Classes == 0)
        {
            return null;
        }

        return _classes.TryGetValue(predictedClass, out var known) ? known : Add(predictedClass);
    }

    /// <summary>No class is added any more.</summary>
    /// <returns>How many there are.</returns>
    public int Close()
    {
        lock (_adding)
        {
            _closed = true;
            return _classes.Count;
        }
    }

    private SeriesState? Add(int predictedClass)
    {
        lock (_adding)
        {
            if (_classes.TryGetValue(predictedClass, out var known))
            {
                return known;
            }

            if (_closed)
            {
                return null;
            }

            var own = _classes.Count - (_classes.ContainsKey(SeriesKey.OtherClasses) ? 1 : 0);
            if (own < plan.Classes && budget.TryTake(plan.ClassSeriesBytes))
            {
                return _classes.GetOrAdd(predictedClass, New);
            }

            return _classes.TryGetValue(SeriesKey.OtherClasses, out var others) ? others
                : budget.TryTake(plan.ClassSeriesBytes) ? _classes.GetOrAdd(SeriesKey.OtherClasses, New) : null;
        }
    }

    private SeriesState New(int name) => new(
        new SeriesKey(key.Model, key.Version, "") { PredictedClass = name },
        plan.NewClassSeries(after),
        gate);
}
