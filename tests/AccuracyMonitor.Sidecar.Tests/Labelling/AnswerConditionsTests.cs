using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Labelling;

public sealed class AnswerConditionsTests
{
    private static readonly DateTimeOffset Shown = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Times_tool_and_what_was_revealed_are_kept_with_the_label()
    {
        await using var sidecar = await StartAsync();

        var outcomes = await CompleteAsync(
            sidecar,
            Answer("p-0") with { Revealed = false },
            Answer("p-1") with { Revealed = null, AnsweredAt = null, Tool = "" },
            Answer("p-2") with { AnsweredAt = Shown.AddSeconds(-1) });

        outcomes.Select(o => o.Code).ShouldAllBe(c => c == OutcomeCode.Ok);
        outcomes.Take(2).ShouldAllBe(o => o.Reason.Length == 0);
        outcomes[2].Reason.ShouldContain("answered_at is 2026-01-02T03:04:04");
        (await ConditionsAsync(sidecar, "p-0")).ShouldBe(
            new AnswerConditions { ShownAt = Shown, AnsweredAt = Shown.AddSeconds(3), Revealed = false, Tool = "page" });
        (await ConditionsAsync(sidecar, "p-1")).ShouldBe(new AnswerConditions { ShownAt = Shown });
        (await ConditionsAsync(sidecar, "p-2")).ShouldBe(new AnswerConditions { Revealed = true, Tool = "page" });
    }

    [Theory]
    [InlineData("answers[0].tool")]
    [InlineData("answers[0].shown_at")]
    [InlineData("answers[0].annotator")]
    public async Task What_is_out_of_its_bounds_is_refused(string field)
    {
        await using var sidecar = await StartAsync();
        var answer = new Answer { Model = "m", Version = "1", PredictionId = "p-0", Label = 0 };
        answer.Tool = field.EndsWith("tool", StringComparison.Ordinal) ? new string('x', 101) : "";
        answer.Annotator = field.EndsWith("annotator", StringComparison.Ordinal) ? new string('x', 201) : "";
        answer.ShownAt = field.EndsWith("shown_at", StringComparison.Ordinal) ? new Timestamp { Nanos = -1 } : null;

        var error = await Should.ThrowAsync<RpcException>(async () =>
            await sidecar.Labels.CompleteAsync(new CompleteRequest { Answers = { answer } }, cancellationToken: Cancel));

        error.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field.ShouldBe(field);
    }

    private static Given Answer(string id) => new(id, Shown, Shown.AddSeconds(3), Revealed: true, "page");

    private static async Task<TestSidecar> StartAsync()
    {
        var sidecar = await TestSidecar.StartAsync("--Sampling:Budget=1", "--Sampling:Policy=Uniform");
        await LabelServiceTests.SendAsync(sidecar, 3);
        return sidecar;
    }

    private static async Task<IReadOnlyList<ItemOutcome>> CompleteAsync(TestSidecar sidecar, params Given[] answers) =>
        (await sidecar.Labels.CompleteAsync(new CompleteRequest { Answers = { answers.Select(a => a.ToWire()) } }, cancellationToken: Cancel)).Outcomes;

    private static async Task<AnswerConditions> ConditionsAsync(TestSidecar sidecar, string id)
    {
        var history = await sidecar.Services.GetRequiredService<MonitorStore>().LabelHistoryAsync(new ModelKey("m", "1"), id, Cancel);
        return history.ShouldHaveSingleItem().Conditions;
    }

    private sealed record Given(string Id, DateTimeOffset? ShownAt, DateTimeOffset? AnsweredAt, bool? Revealed, string Tool)
    {
        public Answer ToWire()
        {
            var answer = new Answer
            {
                Model = "m",
                Version = "1",
                PredictionId = Id,
                Label = 0,
                ShownAt = ShownAt?.ToTimestamp(),
                AnsweredAt = AnsweredAt?.ToTimestamp(),
                Tool = Tool,
            };
            if (Revealed is { } revealed)
            {
                answer.Revealed = revealed;
            }

            return answer;
        }
    }
}
