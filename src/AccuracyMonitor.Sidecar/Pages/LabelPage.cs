using System.Globalization;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Sidecar.Agreement;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Pages;

/// <summary>What the label page calls. Every call goes through <see cref="LabelGrpcService"/>.</summary>
internal sealed class LabelPage(
    PageCalls calls, LabelGrpcService labels, LabellingFiles files, MonitorStore store, LatestEstimates estimates, ModelRegistry registry, AgreedClock clock,
    IOptions<LabellingOptions> options)
{
    private const int MinutesOfTwoDays = 2 * 24 * 60;

    public Task LeaseAsync(HttpContext http)
    {
        var reveal = options.Value.Reveal && http.Request.Query["reveal"] == "true";
        return calls.PostAsync<LeaseRequest, LeaseResponse>(http, nameof(labels.Lease), LeaseAsync, response =>
            BlindItemMapping.Write(response, clock.Read().Now, reveal));

        Task<LeaseResponse> LeaseAsync(LeaseRequest request, ServerCallContext context)
        {
            request.Reveals = reveal;
            return labels.Lease(request, context);
        }
    }

    public Task ExtendAsync(HttpContext http) =>
        calls.PostAsync<ExtendRequest, ExtendResponse>(http, nameof(labels.Extend), labels.Extend, ReadableJson.Of);

    public Task ReleaseAsync(HttpContext http) =>
        calls.PostAsync<ReleaseRequest, ReleaseResponse>(http, nameof(labels.Release), labels.Release, ReadableJson.Of);

    public Task CompleteAsync(HttpContext http) =>
        calls.PostAsync<CompleteRequest, CompleteResponse>(http, nameof(labels.Complete), labels.Complete, ReadableJson.Of);

    public Task SkipAsync(HttpContext http) =>
        calls.PostAsync<SkipRequest, SkipResponse>(http, nameof(labels.Skip), labels.Skip, ReadableJson.Of);

    public Task RetractAsync(HttpContext http) =>
        calls.PostAsync<RetractRequest, RetractResponse>(http, nameof(labels.Retract), labels.Retract, ReadableJson.Of);

    public Task ClassesAsync(HttpContext http) => calls.CallAsync<GetClassesRequest, GetClassesResponse>(
        http,
        PageCalls.LabelService + nameof(labels.GetClasses),
        new GetClassesRequest { Model = http.Request.Query["model"].ToString() },
        labels.GetClasses,
        ReadableJson.Of);

    public Task GuidelinesAsync(HttpContext http)
    {
        var model = http.Request.Query["model"].ToString();
        return Caller.Of(http).May(Roles.Label, model)
            ? PageAnswers.JsonAsync(http, PageAnswers.Write(json => json.WriteString("html", Guidelines.ToHtml(files.GuidelinesOf(model)))))
            : PageAnswers.ErrorAsync(http, StatusCodes.Status403Forbidden, $"The role label is missing for the model '{model}'.");
    }

    /// <summary>Who is labelling, and what the page may offer.</summary>
    public Task SessionAsync(HttpContext http)
    {
        var caller = Caller.Of(http);
        return PageAnswers.JsonAsync(http, PageAnswers.Write(json =>
        {
            json.WriteString("subject", caller.Subject);
            json.WriteBoolean("authenticated", caller.IsAuthenticated);
            json.WriteBoolean("mayLabel", caller.May(Roles.Label));
            json.WriteBoolean("mayRead", caller.May(Roles.Read));
            json.WriteBoolean("takesTokens", http.RequestServices.GetRequiredService<IOptions<AccessOptions>>().Value.TakesTokens);
            json.WriteBoolean("mayReveal", options.Value.Reveal);
            json.WriteString("dashboard", options.Value.DashboardAddress);
        }));
    }

    /// <summary>How far the annotator has come: his labels today, the queue, and the audited accuracy for who may read it.</summary>
    public async Task ProgressAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var (model, version) = (query["model"].ToString(), query["version"].ToString());
        var caller = Caller.Of(http);
        if (!caller.May(Roles.Label, model))
        {
            await PageAnswers.ErrorAsync(http, StatusCodes.Status403Forbidden, $"The role label is missing for the model '{model}'.");
            return;
        }

        // The day of the annotator and not of this machine: his page says how many minutes of it have passed.
        var minutes = int.TryParse(query["minutes"], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? Math.Min(given, MinutesOfTwoDays) : 0;
        var annotator = caller.IsAuthenticated ? caller.Subject : query["annotator"].ToString();
        var today = await store.Annotators.LabelsByAsync(annotator, clock.Read().Now - TimeSpan.FromMinutes(minutes), http.RequestAborted);
        var queue = await store.CountsAsync(model, version, http.RequestAborted);
        var read = caller.May(Roles.Read, model)
            ? estimates.Latest.Windows.LastOrDefault(w => !w.Series.IsSubgroup && w.Series.Model == model && w.Series.Version == version)
            : null;
        await PageAnswers.JsonAsync(http, PageAnswers.Write(json =>
        {
            json.WriteNumber("today", today);
            json.WriteNumber("waiting", queue.Waiting);
            json.WriteNumber("leased", queue.Leased);
            if (read is { Estimate: var estimate })
            {
                json.WriteNumber("labels", estimate.Labels);
                json.WriteNumber("windowSeconds", read.Window.TotalSeconds);
                if (registry.TryGet(read.Series.ModelKey, out var state) && state.LabelQuality.Value is { Agreement: { } agreement } quality)
                {
                    json.WriteNumber("doubles", quality.Doubles);
                    json.WriteNumber("agreement", agreement);
                }

                if (estimate.Audited is { State: Core.Estimation.EstimateState.Ok } audited)
                {
                    json.WriteNumber("value", audited.Value);
                    json.WriteNumber("lower", audited.Lower);
                    json.WriteNumber("upper", audited.Upper);
                }
            }
        }));
    }
}
