using AccuracyMonitor.Evaluation.Traces;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>Who is told how far an evaluation is. Called from several threads.</summary>
internal interface IEvaluationProgress
{
    /// <summary>What a file was understood to be, before it is judged.</summary>
    void Understood(TraceUnderstanding trace);

    void Begin(string file, int conditions);

    void Done(string condition);

    void Failed(string error);
}
