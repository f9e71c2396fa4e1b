using System.Text.Json.Nodes;
using AccuracyMonitor.Injector.Cluster;
using AccuracyMonitor.Injector.Decisions;
using AccuracyMonitor.Injector.Observability;
using AccuracyMonitor.Injector.Patching;

namespace AccuracyMonitor.Injector.Serving;

/// <summary>From a request to its answer: read what the decision needs, decide, write the patch. Whatever goes wrong, the pod is admitted.</summary>
internal sealed class PodReviewer(
    InjectionDecider decider, ClusterReaders cluster, InjectorMetrics metrics, TimeProvider time, ILogger<PodReviewer> logger)
{
    public async Task<JsonObject> ReviewAsync(AdmissionRequest request, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        var (decision, patch) = await DecideAsync(request, cancel);
        metrics.Answered(decision.Reason, time.GetElapsedTime(start));
        return AdmissionReview.Allow(
            request.Uid,
            patch,
            decision.Warnings,
            [KeyValuePair.Create("outcome", Reason.Label(decision.Reason.Outcome)), KeyValuePair.Create("reason", decision.Reason.Name)]);
    }

    private async Task<(Decision Decision, JsonArray Patch)> DecideAsync(AdmissionRequest request, CancellationToken cancel)
    {
        if (!request.IsPodCreation)
        {
            return (Decision.Without(Reason.NotAPodCreation), []);
        }

        try
        {
            var pod = new PodView(request.Object);
            var decision = decider.Decide(pod, await cluster.AroundAsync(request.Namespace, cancel));
            Log(request.Namespace, pod.Name, decision);
            return (decision, DecisionPatch.Create(pod, decision));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever it is: a defect of ours must not keep a pod from being made.
        catch (Exception e)
#pragma warning restore CA1031
        {
            InjectorLog.ReviewFailed(logger, request.Namespace, e);
            return (Decision.Without(Reason.InternalError, "no sidecar, because of an error of the injector's own; its log has the details"), []);
        }
    }

    private void Log(string space, string pod, Decision decision)
    {
        if (decision.Reason.Outcome == Outcome.Skipped)
        {
            InjectorLog.Skipped(logger, space, pod, decision.Reason.Name);
        }
        else if (logger.IsEnabled(LogLevel.Information))
        {
            InjectorLog.Decided(logger, space, pod, Reason.Label(decision.Reason.Outcome), decision.Reason.Name, string.Join(' ', decision.Warnings));
        }
    }
}
