using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Judging;
using AccuracyMonitor.Evaluation.Traces;

namespace AccuracyMonitor.Evaluation.Tests.Judging;

public sealed class TraceConditionReaderTests
{
    [Fact]
    public void Scores_are_held_off_0_and_1_as_the_sidecar_publishes_them()
    {
        using var npz = new NpzWriter();
        npz.Add("sure__probs", "<f4", "2, 2", 1f, 0f, 0.6f, 0.4f).Add("sure__labels", "<u2", "2,", (ushort)0, (ushort)0);

        var condition = TraceConditionReader.Read(TraceFile.Open(npz.Write()), null, null, simulate: false, seed: 1).Single();

        condition.MonitorLogits[0].ShouldBeGreaterThan(CorrectnessScore.MaxLogit);
        condition.Scores[0].ShouldBe(CorrectnessScore.FromLogit(CorrectnessScore.MaxLogit));
    }
}
