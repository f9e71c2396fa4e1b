namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>Who is told how far an evaluation is. Called from several threads.</summary>
internal interface IEvaluationProgress
{
    void Begin(string file, int conditions);

    void Done(string condition);

    void Failed(string error);
}
