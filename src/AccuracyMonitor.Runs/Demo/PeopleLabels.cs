using System.Globalization;
using AccuracyMonitor.V1;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccuracyMonitor.Runs.Demo;

/// <summary>Says of each label that a person gives beside the simulated annotator whether that one says the same.</summary>
/// <param name="labels">The sidecar.</param>
/// <param name="answers">What the simulated annotator knows.</param>
/// <param name="say">Told one line for each label.</param>
/// <param name="time">The clock.</param>
internal sealed class PeopleLabels(LabelService.LabelServiceClient labels, IAnswers answers, Action<string> say, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, uint> _said = new(StringComparer.Ordinal);
    private readonly DateTimeOffset _since = time.GetUtcNow();
    private RepeatedField<ClassInfo> _classes = [];
    private int _agreed;

    /// <summary>Until cancelled. A call that fails is tried again.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                await ReadAsync(cancel);
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted)
            {
                continue;
            }
        }
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        // A person answers what was predicted in the last minute: the newest thousand have it.
        var request = new ListRequestsRequest
        {
            Model = answers.Model,
            Version = answers.Version,
            States = { RequestState.Answered },
            Since = _since.ToTimestamp(),
        };
        foreach (var listed in (await labels.ListRequestsAsync(request, cancellationToken: cancel)).Requests.Reverse())
        {
            if (listed.HasLabel && listed.Annotator.Length > 0 && listed.Annotator != SimulatedAnnotator.Name
                && answers.Truth(listed.PredictionId) is { } truth && _said.TryAdd(listed.PredictionId, listed.Label))
            {
                if (_classes.Count == 0)
                {
                    _classes = (await labels.GetClassesAsync(new GetClassesRequest { Model = answers.Model }, cancellationToken: cancel)).Classes;
                }

                Say(listed, (uint)truth);
            }
        }
    }

    private void Say(ListedRequest listed, uint truth)
    {
        _agreed += listed.Label == truth ? 1 : 0;
        say(string.Create(
            CultureInfo.InvariantCulture,
            $"{listed.Annotator} says {NameOf(listed.Label)}, the simulated annotator {(listed.Label == truth ? "too" : NameOf(truth))} "
                + $"({listed.PredictionId}): they agree about {_agreed} of {_said.Count}."));
    }

    private string NameOf(uint label) => label < _classes.Count ? _classes[(int)label].Name : $"class {label}";
}
