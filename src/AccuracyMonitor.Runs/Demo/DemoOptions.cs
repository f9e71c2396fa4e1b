namespace AccuracyMonitor.Runs.Demo;

/// <summary>How the demo runs. Bounds are the command line's (<see cref="DemoCommand"/>).</summary>
internal sealed record DemoOptions
{
    /// <summary>Of each condition: clean, noisy, rotated, dark, attacked.</summary>
    public int SecondsPerCondition { get; init; } = 30;

    /// <summary>Images a second.</summary>
    public int Rate { get; init; } = 2000;

    /// <summary>Seed for the images' order, the noise, the sampler's coin and the annotator's delays.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Share of the predictions to label, (0, 1].</summary>
    public double Budget { get; init; } = 0.01;

    /// <summary>Where run.png, run.json and the processes' logs go.</summary>
    public string OutputFolder { get; init; } = "demo-output";

    /// <summary>Keep everything running after the last condition.</summary>
    public bool Serve { get; init; }

    /// <summary>Lines of text in place of the live display.</summary>
    public bool Plain { get; init; }

    /// <summary>The sidecar's window: short, so that a run of minutes has many.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(15);
}
