using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Sidecar.Tests.Labelling;

public sealed class AnnotatorLimitTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Each_annotator_has_his_own_bound_and_a_new_one_each_hour()
    {
        var limit = Limit(3);
        limit.Take(["ann", "ann", "bob"]);
        limit.Take(["ann"]);

        Should.Throw<RpcException>(() => limit.Take(["bob", "ann"])).Status.Detail.ShouldBe(
            "Annotator 'ann' has answered 3 requests this hour and sends 1 more; at most 3 are taken (Labelling:MaxLabelsPerAnnotatorHour). "
            + "Send them in the next hour, or raise the setting.");
        limit.Take(["bob", "bob"]);
        Should.Throw<RpcException>(() => limit.Take(["bob"]), "what was refused was not counted").StatusCode.ShouldBe(StatusCode.ResourceExhausted);

        _time.Advance(TimeSpan.FromHours(1));
        limit.Take(["ann", "ann", "ann"]);
    }

    [Fact]
    public void Answers_that_could_not_be_written_are_not_counted()
    {
        var limit = Limit(2);
        limit.Take(["ann", "ann"]);
        limit.GiveBack(["ann"]);

        limit.Take(["ann"]);
        Should.Throw<RpcException>(() => limit.Take(["ann"]));
    }

    [Fact]
    public void Memory_is_bounded_also_when_every_answer_names_another()
    {
        var limit = Limit(5);
        limit.Take(Enumerable.Range(0, AnnotatorLimit.MaxAnnotators).Select(i => $"a{i}"));
        limit.Take(["b1", "b2", "b3", "b4", ""]);

        Should.Throw<RpcException>(() => limit.Take(["b6"]));
        limit.Take(["a1"]);
    }

    [Fact]
    public async Task A_call_beyond_the_bound_is_refused_and_one_that_only_validates_is_not_counted()
    {
        await using var sidecar = await TestSidecar.StartAsync(
            "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Labelling:MaxLabelsPerAnnotatorHour=2");
        await LabelServiceTests.SendAsync(sidecar, 3);
        var two = new CompleteRequest { Answers = { Answer("p-0"), Answer("p-1") }, ValidateOnly = true };

        await sidecar.Labels.CompleteAsync(two);
        two.ValidateOnly = false;
        await sidecar.Labels.CompleteAsync(two);
        var error = await Should.ThrowAsync<RpcException>(async () =>
            await sidecar.Labels.CompleteAsync(new CompleteRequest { Answers = { Answer("p-2") } }));

        (error.StatusCode, error.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason).ShouldBe((StatusCode.ResourceExhausted, "ANNOTATOR_LIMIT"));
        await Should.ThrowAsync<RpcException>(async () =>
            await sidecar.Labels.CompleteAsync(new CompleteRequest { Answers = { Answer("p-2") }, AllPredictions = true }));
    }

    private AnnotatorLimit Limit(int bound) => new(Options.Create(new LabellingOptions { MaxLabelsPerAnnotatorHour = bound }), _time);

    private static Answer Answer(string id) => new() { Model = "m", Version = "1", PredictionId = id, Label = 0, Annotator = "ann" };
}
