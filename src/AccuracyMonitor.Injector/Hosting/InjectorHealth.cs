using AccuracyMonitor.Injector.Certificates;
using AccuracyMonitor.Injector.Observability;

namespace AccuracyMonitor.Injector.Hosting;

/// <summary>
/// Health by what gets done. It lives while its loops go round; it is ready while it can be called: with a certificate that is valid now, and not shutting
/// down. What only fails for now (the API server is away) is named, and no reason to start again.
/// </summary>
internal sealed class InjectorHealth(ServingCertificate serving, Draining draining, LoopHealths loops, InjectorMetrics metrics, TimeProvider time)
{
    private const string Certificate = "certificate";

    public IResult Live() => Answer(loops.All.Any(static l => l.IsStuck));

    public IResult Ready() => Answer(draining.IsDraining || CertificateProblem is not null);

    /// <summary>Before each scrape.</summary>
    public void Publish() => metrics.Components(Components());

    private string? CertificateProblem => serving.Current is not { } certificate ? "no certificate yet"
        : new DateTimeOffset(certificate.NotAfter).ToUniversalTime() is var end && end <= time.GetUtcNow() ? $"it ended at {end:O}"
        : null;

    private IResult Answer(bool fails)
    {
        var problems = Components().Where(static c => c.Problem is not null).Select(static c => $"{c.Name}: {c.Problem}\n");
        var text = (draining.IsDraining ? "shutting down\n" : "") + string.Concat(problems);
        return Results.Text(text.Length == 0 ? "ok\n" : text, statusCode: fails ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }

    private IReadOnlyList<(string Name, string? Problem)> Components() =>
        [(Certificate, CertificateProblem), .. loops.All.Select(static l => (l.Name, l.Problem))];
}
