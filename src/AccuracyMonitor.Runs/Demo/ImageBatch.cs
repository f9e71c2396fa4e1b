namespace AccuracyMonitor.Runs.Demo;

/// <summary>Images on their way to the serving application, with what only the demo knows: the truth.</summary>
/// <param name="Condition">That the images belong to.</param>
/// <param name="Images">784 bytes each.</param>
/// <param name="Ids">As of <see cref="PredictionId"/>.</param>
/// <param name="Labels">True classes.</param>
internal sealed record ImageBatch(DemoCondition Condition, byte[][] Images, string[] Ids, int[] Labels);
