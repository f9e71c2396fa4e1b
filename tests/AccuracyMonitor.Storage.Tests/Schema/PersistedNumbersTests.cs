using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Monitors;
using AccuracyMonitor.Storage.Schema;

namespace AccuracyMonitor.Storage.Tests.Schema;

/// <summary>Numbers that are on disks or on the wire. These lists may only grow: an entry is never changed or taken out.</summary>
public sealed class PersistedNumbersTests
{
    [Fact]
    public void States_of_requests() => Numbers<RequestState>().ShouldBe(
        ["1 Waiting", "2 Leased", "3 Answered", "4 Skipped", "5 Expired", "6 Retracted"]);

    [Fact]
    public void Sampling_policies() => Numbers<SamplingPolicy>().ShouldBe(
        ["1 Mixed", "2 Uniform", "3 Stratified", "4 TopUncertainty"]);

    [Fact]
    public void Kinds_of_promotion() => Numbers<PromotionKind>().ShouldBe(
        ["1 Recalibration", "2 FineTuning", "3 Manual", "4 RollBack"]);

    [Fact]
    public void Outcomes_are_the_wires() => Numbers<LabelOutcome>().ShouldBe(
        ["1 Ok", "2 Unchanged", "3 Replaced", "4 NotFound", "5 LeaseLost", "6 LabelOutOfRange", "7 AlreadyAnswered", "8 Invalid", "9 KeptApart"]);

    [Fact]
    public void Actions_of_the_audit_trail_are_the_wires() => Numbers<AuditAction>().ShouldBe(
    [
        "1 MonitorRegistered", "2 MonitorActivated", "3 MonitorRolledBack", "4 MonitorAdapted", "5 MonitorPromoted", "6 LabelsCompleted",
        "7 LabelsRetracted", "8 LabelsSkipped", "9 Started", "10 AnnotatorRetracted", "11 PredictionsForgotten", "12 ModelDeleted", "13 GoldSet",
    ]);

    [Fact]
    public void The_mark_of_our_databases() => Migrations.ApplicationId.ShouldBe(1097026926);

    private static IEnumerable<string> Numbers<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(v => $"{Convert.ToInt32(v)} {v}");
}
