namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>The calls that say which class is the true one.</summary>
/// <param name="Answers">As annotators see it.</param>
/// <param name="Gold">As it is known.</param>
internal sealed record ClassCalls(AnswerCalls Answers, GoldCalls Gold);
