using AccuracyMonitor.Runs.Labels;
using AccuracyMonitor.V1;
using Grpc.Core;

namespace AccuracyMonitor.Runs.Tests.Labels;

public sealed class OutcomesTests
{
    [Fact]
    public void Everything_but_four_codes_is_a_failure() => Enum.GetValues<OutcomeCode>().Append((OutcomeCode)99).Where(Outcomes.IsDone)
        .ShouldBe([OutcomeCode.Ok, OutcomeCode.Replaced, OutcomeCode.Unchanged, OutcomeCode.KeptApart], ignoreOrder: true);

    [Fact]
    public void An_answer_with_too_few_outcomes_is_an_error() =>
        Should.Throw<RpcException>(() => Outcomes.Pair(["a", "b"], [new ItemOutcome()])).Status.Detail.ShouldBe("the answer has 1 outcomes for 2 items");
}
