using AccuracyMonitor.Runs.Demo;
using AccuracyMonitor.V1;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Runs.Tests.Demo;

public sealed class PeopleLabelsTests
{
    [Fact]
    public async Task Each_label_of_a_person_is_compared_once_with_what_the_simulated_annotator_says()
    {
        var time = new FakeTimeProvider();
        var labels = new Listed();
        List<string> said = [];
        var people = new PeopleLabels(labels, new DemoAnswers(image => image, new DemoOptions()), said.Add, time);
        using var stop = new CancellationTokenSource();
        var running = people.RunAsync(stop.Token);

        await RoundAsync();
        labels.Add(SimulatedAnnotator.Name, image: 0, label: 0);
        labels.Add("ann", image: 1, label: 1);
        await RoundAsync();
        labels.Add("ann", image: 2, label: 0);
        labels.IsAway = true;
        await RoundAsync();
        labels.IsAway = false;
        await RoundAsync();
        await RoundAsync();

        said.ShouldBe(
        [
            "ann says coat, the simulated annotator too (00000001-image00001): they agree about 1 of 1.",
            "ann says boot, the simulated annotator class 2 (00000002-image00002): they agree about 1 of 2.",
        ]);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);

        // Calls end at once, so that a round is over when the next one has begun.
        async Task RoundAsync()
        {
            var before = labels.Rounds;
            await Eventually.TrueAsync(
                () =>
                {
                    time.Advance(TimeSpan.FromSeconds(1));
                    return Task.FromResult(labels.Rounds > before + 1);
                },
                "it asks again");
        }
    }

    private sealed class Listed : LabelService.LabelServiceClient
    {
        private readonly List<ListedRequest> _requests = [];

        public bool IsAway { get; set; }

        public int Rounds { get; private set; }

        public void Add(string annotator, int image, uint label)
        {
            lock (_requests)
            {
                _requests.Insert(0, new ListedRequest { PredictionId = PredictionId.Create(image, image), Annotator = annotator, Label = label });
            }
        }

        public override AsyncUnaryCall<ListRequestsResponse> ListRequestsAsync(
            ListRequestsRequest request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default)
        {
            lock (_requests)
            {
                Rounds++;
                return Call(IsAway
                    ? Task.FromException<ListRequestsResponse>(new RpcException(new Status(StatusCode.Unavailable, "away")))
                    : Task.FromResult(new ListRequestsResponse { Requests = { _requests } }));
            }
        }

        public override AsyncUnaryCall<GetClassesResponse> GetClassesAsync(
            GetClassesRequest request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default) =>
            Call(Task.FromResult(new GetClassesResponse { Classes = { new ClassInfo { Name = "boot" }, new ClassInfo { Name = "coat" } } }));

        private static AsyncUnaryCall<T> Call<T>(Task<T> response) =>
            new(response, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
    }
}
