using AccuracyMonitor.Evaluation.Traces;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>How a replay runs. Null where the command line said nothing and the choice depends on something else.</summary>
internal sealed record ReplayOptions
{
    public static readonly TimeSpan DefaultWindow = TimeSpan.FromSeconds(30);
    public const double DefaultBudget = 0.01;

    /// <summary>A trace file; or <see cref="Log"/>.</summary>
    public string? Traces { get; init; }

    /// <summary>What the user says about the file.</summary>
    public TraceOptions Reading { get; init; } = new();

    /// <summary>A log; or <see cref="Traces"/>.</summary>
    public string? Log { get; init; }

    /// <summary>Conditions in the order in which they are streamed. Default: all but the reference, in file order.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];

    /// <summary>Predictions of each. Default: every row once.</summary>
    public int? PerCondition { get; init; }

    /// <summary>gRPC address of a running sidecar. Default: one in this process.</summary>
    public string? Target { get; init; }

    /// <summary>A trained monitor, for the sidecar in this process.</summary>
    public string? Monitor { get; init; }

    public string Model { get; init; } = "replay";

    /// <summary>Default: 1 in process; the time of the start at a target, where an earlier replay may have left its own.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>Predictions a second; 0: as fast as the sidecar takes them.</summary>
    public double Rate { get; init; } = 2000;

    /// <summary>Seconds of the log that pass in one second. Default: the log's times are not used, the rate is.</summary>
    public double? Speed { get; init; }

    /// <summary>Share of the predictions to label, (0, 1]. Default <see cref="DefaultBudget"/>; a target has its own.</summary>
    public double? Budget { get; init; }

    /// <summary>From a label request to its label.</summary>
    public TimeSpan LabelDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Share of the label requests that are ever answered, 0–1.</summary>
    public double AnswerRate { get; init; } = 1;

    /// <summary>Default <see cref="DefaultWindow"/>; of a target, its shortest.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>Accuracy promised; null: no accuracy alarm.</summary>
    public double? Objective { get; init; }

    /// <summary>Of the rows' order, the choice of labels and which are answered.</summary>
    public ulong Seed { get; init; } = 1;

    public string? Json { get; init; }

    public string? Plot { get; init; }

    public bool Plain { get; init; }

    /// <summary>What is wrong, each with option, value and bound; nothing when it can run.</summary>
    public IEnumerable<string> Defects()
    {
        if (Traces is null == Log is null)
        {
            yield return "give --traces FILE or --log FILE, one of them.";
        }

        if (Log is not null && (Conditions.Count > 0 || PerCondition is not null))
        {
            yield return "--conditions and --per-condition go with --traces; a log is replayed as it is.";
        }

        if (Traces is not null && Speed is not null)
        {
            yield return "--speed goes with --log; a trace has no times.";
        }

        if (Target is not null)
        {
            foreach (var (option, setting) in new[] { (Budget is null, "--budget is Sampling:Budget"), (Objective is null, "--objective is Alarms:Objective"),
                (Monitor is null, "--monitor is Monitor:Artifact") }
                         .Where(o => !o.Item1))
            {
                yield return $"{setting} of the target's own configuration: leave it out with --target.";
            }
        }

        foreach (var (name, value, min, max) in new (string, double?, double, double)[]
                 {
                     ("--rate", Rate, 0, 1_000_000),
                     ("--per-condition", PerCondition, 1, 100_000_000),
                     ("--speed", Speed, 0.001, 1_000_000),
                     ("--budget", Budget, 0.0001, 1),
                     ("--answer-rate", AnswerRate, 0, 1),
                     ("--objective", Objective, 0.01, 0.9999),
                     ("--label-delay (seconds)", LabelDelay.TotalSeconds, 0, 3600),
                     ("--window (seconds)", Window?.TotalSeconds, 1, 900),
                 })
        {
            if (value is { } given && !(given >= min && given <= max))
            {
                yield return $"{name} is {given}; it must be {min} to {max}.";
            }
        }

        if (Plot is not null && Path.GetExtension(Plot).ToUpperInvariant() is not (".PNG" or ".SVG"))
        {
            yield return $"--plot is '{Plot}'; it must end in .png or .svg.";
        }

        if (Monitor is not null && !File.Exists(Monitor))
        {
            yield return $"--monitor is '{Monitor}'; there is no such file.";
        }
    }
}
