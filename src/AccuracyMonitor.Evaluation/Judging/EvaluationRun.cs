using AccuracyMonitor.Evaluation.Judging.Windows;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>Judges files one after the other, the conditions of each in parallel. A file that cannot be used does not keep the others from being
/// judged.</summary>
internal sealed class EvaluationRun(EvaluationOptions settings, MonitorChoice monitor, bool withAlarms, IEvaluationProgress progress)
{
    /// <summary>Name of the rows of a file that names no condition.</summary>
    public const string All = "all";

    public EvaluationResult Run(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        List<ConditionResult> results = [];
        List<AlarmResult> alarms = [];
        List<FileFailure> failures = [];
        foreach (var file in files)
        {
            try
            {
                var conditions = Read(file, cancellation, out var labelFree);
                progress.Begin(Path.GetFileName(file), conditions.Count);
                results.AddRange(Judge(conditions, labelFree, cancellation));
                if (withAlarms && conditions.Exists(c => string.Equals(c.Name, TraceConditionReader.Clean, StringComparison.Ordinal)))
                {
                    alarms.AddRange(new AlarmSimulation(conditions, settings).Run());
                }
            }
            catch (Exception e) when (e is TraceFileException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                failures.Add(new FileFailure(file, e.Message));
                progress.Failed(e.Message);
            }
        }

        return new EvaluationResult(results, alarms, failures);
    }

    private List<TraceCondition> Read(string file, CancellationToken cancellation, out IReadOnlyList<FittedEstimator> labelFree)
    {
        var trace = TraceFile.Open(file, settings.Traces);
        progress.Understood(trace.Understood);
        if (trace.NamesConditions && trace.Conditions is [TraceFile.Reference])
        {
            throw new TraceFileException(
                $"{file}: its only condition is '{TraceFile.Reference}', which calibrates the methods: nothing is left to judge. "
                + "Give the rows to judge another condition, or leave the condition out to judge all rows.");
        }

        var reference = trace.NamesConditions && trace.Conditions.Contains(TraceFile.Reference, StringComparer.Ordinal) ? trace.Load(TraceFile.Reference)
            : null;
        labelFree = reference is not null ? EstimatorTable.Fit(reference, settings.Methods) : [];
        using var scorer = monitor.For(reference, cancellation);
        return [.. TraceConditionReader.Read(trace, reference, scorer, settings.Simulate, settings.Seed)];
    }

    private ConditionResult[] Judge(List<TraceCondition> conditions, IReadOnlyList<FittedEstimator> labelFree, CancellationToken cancellation)
    {
        var results = new ConditionResult[conditions.Count];
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };

        // Each by whoever is free: the work per condition differs tenfold.
        var next = -1;
        Parallel.For(0, Math.Min(conditions.Count, Environment.ProcessorCount), options, _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < conditions.Count; i = Interlocked.Increment(ref next))
            {
                results[i] = new ConditionEvaluation(conditions[i], labelFree, settings).Run(cancellation);
                progress.Done(conditions[i].Name);
            }
        });
        return results;
    }
}
