using AccuracyMonitor.Evaluation.Traces;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>Judges files one after the other, the conditions of each in parallel. A file that cannot be used does not keep the others from being
/// judged.</summary>
internal sealed class EvaluationRun(EvaluationSettings settings, MonitorChoice monitor, bool withAlarms, IEvaluationProgress progress)
{
    public EvaluationResult Run(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        List<ConditionResult> conditions = [];
        List<AlarmResult> alarms = [];
        List<FileFailure> failures = [];
        foreach (var file in files)
        {
            try
            {
                var regimes = Read(file, cancellation, out var labelFree);
                progress.Begin(Path.GetFileName(file), regimes.Count);
                conditions.AddRange(Judge(regimes, labelFree, cancellation));
                if (withAlarms && regimes.Exists(r => string.Equals(r.Condition, RegimeReader.Clean, StringComparison.Ordinal)))
                {
                    alarms.AddRange(new AlarmSimulation(regimes, settings).Run());
                }
            }
            catch (Exception e) when (e is TraceFileException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                failures.Add(new FileFailure(file, e.Message));
                progress.Failed(e.Message);
            }
        }

        return new EvaluationResult(conditions, alarms, failures);
    }

    private List<Regime> Read(string file, CancellationToken cancellation, out IReadOnlyList<FittedEstimator> labelFree)
    {
        var trace = TraceFile.Open(file);
        var reference = trace.Conditions.Contains(TraceFile.Reference, StringComparer.Ordinal) ? trace.Load(TraceFile.Reference) : null;
        labelFree = reference is not null ? EstimatorTable.Fit(reference, settings.Methods) : [];
        using var scorer = monitor.For(reference, cancellation);
        return [.. RegimeReader.Read(trace, reference, scorer, settings.Simulate, settings.Seed)];
    }

    private ConditionResult[] Judge(List<Regime> regimes, IReadOnlyList<FittedEstimator> labelFree, CancellationToken cancellation)
    {
        var results = new ConditionResult[regimes.Count];
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };

        // Each by whoever is free: the work per condition differs tenfold.
        var next = -1;
        Parallel.For(0, Math.Min(regimes.Count, Environment.ProcessorCount), options, _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < regimes.Count; i = Interlocked.Increment(ref next))
            {
                results[i] = new ConditionEvaluation(regimes[i], labelFree, settings).Run(cancellation);
                progress.Done(regimes[i].Condition);
            }
        });
        return results;
    }
}
